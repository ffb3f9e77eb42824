"""Chat (C1, C2, C4–C7): users' programs log in to a real ejabberd and write to each other."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Coroutine
from contextlib import AsyncExitStack, ExitStack
from pathlib import Path
from typing import Any

import pytest

from provisioner.core.site import Role
from provisioner.features.chat.model import password
from tests.browser.chatting import Chatter
from tests.lab.reception import omemo
from tests.lab.reception.reception import Reception
from tests.lab.reception.xmpp import LoginRefused, Program, ask, logged_in

pytestmark = [pytest.mark.lab, pytest.mark.engine]

PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg=="
)
SECRET, OPEN = "we buy Nordisk Frakt", "lunch at noon"


def run(play: Coroutine[Any, Any, None]) -> None:
    asyncio.run(play)


async def programs(after: AsyncExitStack, reception: Reception, *users: str, tenant: str = "chat") -> list[Program]:
    return [await after.enter_async_context(logged_in(reception, tenant, user)) for user in users]


@pytest.mark.row("C1")
def test_c1_colleagues_know_each_other_and_write(reception: Reception) -> None:
    async def play() -> None:
        async with AsyncExitStack() as after:
            anna, erik = await programs(after, reception, "anna", "erik")
            assert await anna.contacts() == {
                "bo": ("Bo Ek", {"Chat", "Försäljning"}),
                "cecilia": ("Cecilia Dahl", {"Chat"}),
                "erik": ("Erik Writes", {"Chat"}),
                "sigrid": ("Sigrid Sends", {"Chat"}),
            }, "limited users and those without chat are in nobody's list"
            erik.write("anna@chat.example", "hej שלום 👋")
            assert await anna.read() == ("erik", "hej שלום 👋")
            assert (await anna.archive("erik@chat.example"))[-1] == "hej שלום 👋"

    run(play())


@pytest.mark.row("C1")
@pytest.mark.parametrize("user", ["anna", "silent", "guest.nobody"])
def test_c1_nobody_logs_in_without_her_password(reception: Reception, user: str) -> None:
    async def play() -> None:
        with pytest.raises(LoginRefused):
            async with logged_in(reception, "chat", user, "wrong"):
                pass

    run(play())


@pytest.mark.row("C1")
def test_c1_two_tenants_with_users_of_the_same_names_never_see_each_other(reception: Reception) -> None:
    async def play() -> None:
        async with AsyncExitStack() as after:
            (anna,) = await programs(after, reception, "anna")
            other, bo = await programs(after, reception, "anna", "bo", tenant="chat-b")
            assert await other.contacts() == {"bo": ("Bo Ek", {"Other chat"})}
            anna.write("anna@chat-b.example", "not for you")
            assert await asyncio.wait_for(anna.refused.get(), 5) == "anna"
            assert await other.enter("everybody", "chat.example") == "forbidden"
            bo.write("anna@chat-b.example", "for you")
            assert await other.read() == ("bo", "for you"), "what the stranger wrote would have come before"

    run(play())


@pytest.mark.row("C8")
@pytest.mark.row("C5")
@pytest.mark.row("C3")
@pytest.mark.row("C1")
def test_c1_colleagues_chat_in_their_browsers_and_meet_by_one_click(reception: Reception, tmp_path: Path) -> None:
    deployment, before = reception.deployment(), ["ip", "netns", "exec", reception.lab.namespace("phones")]
    page = f"https://{deployment.site.of(Role.EDGE)[0].public_address}/chat/chat/"
    everybody, picture = "everybody@conference.chat.example", tmp_path / "bild.png"
    picture.write_bytes(PICTURE)
    with ExitStack() as browsers:
        anna, bo = (browsers.enter_context(Chatter(before)) for _ in range(2))
        anna.sign_in(page, "anna", "wrong")
        anna.refused("Din XMPP-adress och/eller lösenord är felaktigt. Vänligen försök igen.")
        for who, user in ((anna, "anna"), (bo, "bo")):
            who.sign_in(page, user, deployment.secrets.get(password("chat", user)))
        anna.opens("bo@chat.example")
        anna.writes("bo@chat.example", "hej שלום 👋")
        bo.opens("anna@chat.example")
        bo.reads("anna@chat.example", "hej שלום 👋")
        anna.sees("Affärer", "Styrelse", "כולם")
        bo.sees("Affärer", "כולם")
        anna.opens(everybody)
        anna.sends(everybody, picture)
        bo.opens(everybody)
        bo.is_shown(everybody, picture.name)
        meeting = reception.pbx("conference", "link", "video", "weekly", "--guest", "Bo Ek").strip()
        anna.writes(everybody, meeting)
        bo.reads(everybody, meeting)
        seen = {
            each["ip"] for each in ask(reception, "connected_users_info") if each["jid"].startswith(("anna@", "bo@"))
        }
        assert (anna.forbidden(), bo.forbidden()) == ([], [])
        bo.follows(meeting)
        bo.wait("document.getElementById('title')?.textContent === 'Weekly meeting'")
    assert seen
    assert not any("127.0.0.1" in each for each in seen), (
        "who guesses passwords is barred where she is, and nobody else"
    )


@pytest.mark.row("C2")
def test_c2_users_make_groups_of_their_own(reception: Reception) -> None:
    async def play() -> None:
        async with AsyncExitStack() as after:
            erik, bo = await programs(after, reception, "erik", "bo")
            assert not await erik.enter("lunch")
            await erik.client.plugin["xep_0045"].set_affiliation(
                erik.room("lunch"), "member", jid=bo.client.boundjid.bare
            )
            assert not await bo.enter("lunch")
            erik.write_in("lunch", "noon?")
            assert await bo.read() == ("lunch/erik", "noon?")

    try:
        run(play())
    finally:
        ask(reception, "destroy_room", room="lunch", service="conference.chat.example")


@pytest.mark.row("C5")
@pytest.mark.row("C4")
def test_c5_channels_are_reached_by_whom_the_file_says(reception: Reception) -> None:
    async def play() -> None:
        async with AsyncExitStack() as after:
            anna, bo, cecilia, dora, erik = await programs(after, reception, "anna", "bo", "cecilia", "dora", "erik")
            assert [await each.enter("everybody") for each in (anna, bo, cecilia)] == ["", "", ""]
            assert [await each.enter("deals") for each in (anna, bo)] == ["", ""]
            no = "registration-required"
            assert await dora.enter("everybody") == no, "her role is limited"
            assert await erik.enter("everybody") == no, "his plan has no channels"
            assert await cecilia.enter("deals") == no, "she is no member, though she leads the open ones"
            assert await anna.channels() == {"כולם", "Affärer", "Styrelse"}
            assert await cecilia.channels() == {"כולם", "Styrelse"}
            assert await erik.channels() == set()
            anna.write_in("deals", "sold")
            assert await bo.read() == ("deals/anna", "sold")

    run(play())


@pytest.mark.row("C6")
def test_c6_an_encrypted_channel_tells_its_members_whose_keys_to_use(reception: Reception) -> None:
    async def play() -> None:
        async with AsyncExitStack() as after:
            anna, bo = await programs(after, reception, "anna", "bo")
            assert not await anna.enter("board")
            assert {"muc_membersonly", "muc_nonanonymous", "muc_persistent"} <= await anna.features("board")
            members = await anna.client.plugin["xep_0045"].get_affiliation_list(anna.room("board"), "member")
            assert {str(each) for each in members} == {"anna@chat.example", "cecilia@chat.example"}
            assert await bo.enter("board") == "registration-required"

    run(play())


@pytest.mark.row("C6")
def test_c6_what_programs_encrypt_nobody_reads_on_the_server(reception: Reception) -> None:
    async def play() -> None:
        async with AsyncExitStack() as after:
            anna, cecilia = await programs(after, reception, "anna", "cecilia")
            arrived: asyncio.Queue[Any] = asyncio.Queue()
            cecilia.client.add_event_handler("groupchat_message", arrived.put_nowait)
            for each in (anna, cecilia):
                await omemo.publish(each)
                assert not await each.enter("board")
            await omemo.encrypted(anna, "board", SECRET, {"cecilia"})
            message = await asyncio.wait_for(arrived.get(), 15)
            assert await omemo.decrypted(cecilia, message) == SECRET
            assert SECRET not in str(message)
            anna.write_in("board", OPEN)
            heard = [await cecilia.read() for _ in range(2)]
            assert heard[1] == ("board/anna", OPEN), heard
            assert heard[0][0] == "board/anna", "what programs show who cannot decrypt"
            assert heard[0][1] != SECRET, heard

    run(play())
    kept = "grep -c --text '{words}' /var/lib/pbx-chat/chat.sqlite3 || true"
    assert int(reception.run("edge", kept.format(words=OPEN))), "what is not encrypted is found so"
    assert not int(reception.run("edge", kept.format(words=SECRET)))
    archived = "sqlite3.connect('/var/lib/pbx-chat/chat.sqlite3').execute('SELECT xml FROM archive').fetchall()"
    told = reception.run("edge", f'python3 -c "import sqlite3; print({archived})"')
    assert "eu.siacs.conversations.axolotl" in told, "it is kept as it was sent"


@pytest.mark.row("C7")
def test_c7_a_guest_reaches_what_was_named_and_not_after_her_time(reception: Reception) -> None:
    async def play() -> None:
        async with AsyncExitStack() as after:
            guest, anna, bo = await programs(after, reception, "guest.lars", "anna", "bo")
            assert await guest.contacts() == {}
            assert await guest.channels() == {"Affärer"}
            assert not await anna.enter("deals")
            assert not await guest.enter("deals")
            assert await guest.enter("everybody") == "registration-required"
            assert await guest.enter("own-room") == "forbidden"
            guest.write_in("deals", "hello")
            assert await anna.read() == ("deals/guest.lars", "hello")
            guest.write("bo@chat.example", "psst")
            assert await asyncio.wait_for(guest.refused.get(), 5) == "bo"
            guest.client.send_presence(pto="bo@chat.example", ptype="subscribe")
            anna.write("bo@chat.example", "later")
            assert await bo.read() == ("anna", "later")
            assert bo.asked.empty()
            note = "/var/lib/pbx-chat/chat.json"
            told = reception.run("edge", f"cat {note}")
            ended = json.dumps(json.loads(told) | {"ends": {"guest.lars": "2026-01-01T00:00:00+01:00"}})
            reception.run("edge", f"cat >{note} <<'E'\n{ended}\nE\nsystemctl start pbx-chat-ends")
            await asyncio.wait_for(guest.gone.wait(), 5)
        with pytest.raises(LoginRefused):
            async with logged_in(reception, "chat", "guest.lars"):
                pass

    try:
        run(play())
    finally:
        reception.pbx("apply", "--target", "chat", "--again", "--yes")


@pytest.mark.row("C5")
def test_c5_an_apply_puts_back_what_was_changed_by_hand_and_disconnects_nobody(reception: Reception) -> None:
    place = {"room": "deals", "service": "conference.chat.example"}

    def done() -> int:
        applied = reception.document("apply", "--target", "chat", "--again", "--yes")
        (stack,) = (each for each in applied["stacks"] if each["stack"] == "lab.tenant.chat")
        (chat,) = (each for each in stack["steps"] if each["name"] == "chat")
        return int(chat["hosts"]["edge"]["changed"])

    async def play() -> None:
        async with logged_in(reception, "chat", "anna") as anna, logged_in(reception, "chat", "bo") as bo:
            assert done() == 0, "nothing was changed by hand"
            assert reception.document("drift", "chat")["drift"] == []
            ask(reception, "set_room_affiliation", **place, user="erik", host="chat.example", affiliation="member")
            ask(reception, "change_room_option", **place, option="members_only", value="false")
            reception.run("edge", "rm /var/lib/pbx-chat-page/chat.json")
            told = reception.document("drift", "chat", code=2)["drift"]
            assert [(each["object"], each["field"], each["expected"], each["found"]) for each in told] == [
                ("chat-channel deals", "erik", None, "member"),
                ("chat-channel deals", "members_only", "true", "false"),
                ("chat-page chat", "content", told[-1]["expected"], None),
            ]
            assert done() == 1
            reception.run("edge", "test -s /var/lib/pbx-chat-page/chat.json")
            assert ask(reception, "get_room_options", **place)["members_only"] == "true"
            affiliations = ask(reception, "get_room_affiliations", **place)
            assert {each["jid"]: each["affiliation"] for each in affiliations} == {
                "anna@chat.example": "admin",
                "bo@chat.example": "member",
                "guest.lars@chat.example": "member",
            }
            reception.run("edge", "systemctl reload pbx-chat")
            anna.write("bo@chat.example", "still here")
            assert await bo.read() == ("anna", "still here")

    run(play())


@pytest.mark.row("C5")
def test_c5_a_plan_tells_of_a_channel_that_then_is_there_and_goes_again(reception: Reception) -> None:
    written = "title: Everybody, kind: open}\n"
    fresh = "    fresh: {title: Fresh, kind: closed, members: [bo]}\n"
    with reception.changed("chat-b", {written: written + fresh}):
        assert "chat channel fresh is new" in reception.pbx("plan", "--target", "chat-b")
        reception.pbx("apply", "--target", "chat-b", "--yes")
        members = ask(reception, "get_room_affiliations", room="fresh", service="conference.chat-b.example")
        assert [each["jid"] for each in members] == ["bo@chat-b.example"]
    told = ask(reception, "muc_online_rooms", service="conference.chat-b.example")
    assert told == ["everybody@conference.chat-b.example"]
