"""The log of users' calls, and their messages over HTTP: both are one with what telephones show."""

from __future__ import annotations

import asyncio
import json
import shlex
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest

from provisioner.core import books
from provisioner.core.artifacts import Speech
from provisioner.core.ports.sip import CallState
from provisioner.core.visits import BEEP
from provisioner.features.users import off
from provisioner.targets.asterisk import owners
from tests.lab.reception import programs
from tests.lab.reception.keys import DARK, LIT, key, message_lamp
from tests.lab.reception.reception import Reception, Stage

pytestmark = [pytest.mark.lab, pytest.mark.engine]

TENANT, ANNA, CECILIA, INFO = "calllog", "+46980319220", "+46980319221", "+46980319222"
NO_SUCH_OBJECT, INVALID_CREDENTIALS = 32, 49
BEGAN = time.time() - 1
PROOF = Speech("Hej Anna, det här är ett prov på ett meddelande, ring mig i morgon.", "sv")


def asked(reception: Reception, method: str, path: str, wanted: Any = None, login: str = "anna-desk") -> Any:
    body = json.dumps(wanted) if wanted is not None else ""
    status, found = programs.asked(reception, TENANT, method, path, body, login=login)
    assert status == 200, found
    return json.loads(found)


def calls(reception: Reception, login: str, number: str, kind: str = "all") -> list[dict[str, Any]]:
    """Calls of this test's run with that number; the latest first."""
    path = f"/users/{login.partition('-')[0]}/calls?kind={kind}"
    found = asked(reception, "GET", path, login=login)["calls"]
    return [
        each
        for each in found
        if each["number"] == number and datetime.fromisoformat(each["at"]).timestamp() >= BEGAN
    ]  # fmt: skip


def soon(found: Callable[[], list[dict[str, Any]]]) -> dict[str, Any]:
    """The call, as soon as it stands in the log: it does when it has ended."""
    ends = time.monotonic() + 8
    while not (listed := found()):
        assert time.monotonic() < ends, "the call is not in the log"
        time.sleep(0.3)
    (call,) = listed
    return call


def facts(call: dict[str, Any], *names: str) -> tuple[Any, ...]:
    return tuple(call[name] for name in names)


@pytest.mark.row("U13")
def test_u13_a_call_that_one_of_her_telephones_answered_is_answered_elsewhere_for_the_other(
    reception: Reception,
) -> None:
    caller = "+46701740670"

    async def play(stage: Stage) -> str:
        desk, app = await stage.phone("anna", "desk"), await stage.phone("anna", "app")
        call = await (await stage.outside(caller)).call(ANNA)
        ringing = await desk.incoming(10)
        taken = await stage.pick_up(app)
        assert await ringing.until(timeout=5) is CallState.ENDED
        await asyncio.sleep(2)
        await call.hang_up()
        assert await taken.until(timeout=5) is CallState.ENDED
        return await desk.log()

    log = reception.on_stage(TENANT, play)
    assert "cause=200" in log, "the telephone's own list does not call it missed either"
    there = soon(lambda: calls(reception, "anna-app", caller))
    assert facts(there, "direction", "result", "device", "by") == ("received", "answered", "app", "")
    assert 1 <= there["seconds"] <= 6
    (here,) = calls(reception, "anna-desk", caller)
    assert facts(here, "result", "device", "at") == ("answered-elsewhere", "app", there["at"])
    assert calls(reception, "anna-desk", caller, "missed") == []
    told = reception.document("calls", TENANT, "anna", "--json")["calls"]
    assert [each["device"] for each in told if each["number"] == caller][:1] == ["app"]
    assert calls(reception, "bo-desk", caller) == []


@pytest.mark.row("U13")
def test_u13_which_telephone_answered_is_known_after_a_restart_of_the_edge(reception: Reception) -> None:
    caller = "+46701740669"

    async def play(stage: Stage) -> None:
        desk = await stage.phone("anna", "desk")
        # Nothing lets this telephone register anew meanwhile.
        await asyncio.to_thread(reception.run, "edge", "systemctl restart kamailio")
        call = await (await stage.outside(caller)).call(ANNA)
        await stage.pick_up(desk)
        assert await call.until(CallState.UP, timeout=5) is CallState.UP
        await asyncio.sleep(1)
        await call.hang_up()

    reception.on_stage(TENANT, play)
    there = soon(lambda: calls(reception, "anna-desk", caller))
    assert facts(there, "result", "device") == ("answered", "desk")
    (here,) = calls(reception, "anna-app", caller)
    assert facts(here, "result", "device") == ("answered-elsewhere", "desk")


@pytest.mark.row("U13")
def test_u13_a_call_that_a_colleague_picked_up_says_so(reception: Reception) -> None:
    caller = "+46701740671"

    async def play(stage: Stage) -> None:
        desk, bo = await stage.phone("anna", "desk"), await stage.phone("bo")
        call = await (await stage.outside(caller)).call(ANNA)
        await desk.incoming(10)
        await stage.dial(bo, "*20")
        assert await call.until(CallState.UP, timeout=5) is CallState.UP
        await asyncio.sleep(1)
        await call.hang_up()

    reception.on_stage(TENANT, play)
    hers = soon(lambda: calls(reception, "anna-desk", caller))
    assert facts(hers, "result", "by") == ("picked-up", "bo")
    (his,) = calls(reception, "bo-desk", caller)
    assert facts(his, "direction", "result", "device", "by") == ("received", "answered", "desk", "anna")


@pytest.mark.row("U13")
def test_u13_who_takes_a_parked_caller_has_answered_her(reception: Reception) -> None:
    caller = "+46701740676"

    async def play(stage: Stage) -> None:
        desk, bo = await stage.phone("anna", "desk"), await stage.phone("bo")
        call = await (await stage.outside(caller)).call(ANNA)
        here = await stage.pick_up(desk)
        with key(reception, TENANT, "cecilia", "*211") as lamp:
            assert lamp.shows() == DARK
            await here.transfer("*211")
            assert await asyncio.to_thread(lamp.shows) == LIT
        assert await here.until(timeout=5) is CallState.ENDED
        taken = await stage.dial(bo, "*211")
        await asyncio.sleep(1)
        await call.hang_up()
        assert await taken.until(timeout=5) is CallState.ENDED

    reception.on_stage(TENANT, play)
    assert facts(soon(lambda: calls(reception, "bo-desk", caller)), "result", "device", "by") == (
        "answered",
        "desk",
        "",
    )
    assert facts(*calls(reception, "anna-desk", caller), "result", "device") == ("answered", "desk")


@pytest.mark.row("U13")
def test_u13_made_received_forwarded_and_missed_from_nobody_knows_whom(reception: Reception) -> None:
    caller = "+46701740672"

    async def play(stage: Stage) -> None:
        desk, bo = await stage.phone("anna", "desk"), await stage.phone("bo")
        call = await desk.call("102")
        taken = await stage.pick_up(bo)
        await taken.hang_up()
        await call.until(CallState.ENDED, timeout=5)
        call = await (await stage.outside(caller)).call(CECILIA)
        taken = await stage.pick_up(bo)
        await call.hang_up()
        await taken.until(CallState.ENDED, timeout=5)
        call = await (await stage.outside("anonymous")).call(ANNA)
        await desk.incoming(10)
        await call.hang_up()

    reception.on_stage(TENANT, play)
    missed = soon(lambda: calls(reception, "anna-desk", ""))
    assert facts(missed, "result", "name", "message") == ("missed", "", "")
    (made,) = calls(reception, "anna-desk", "102", "made")
    assert facts(made, "result", "device", "name") == ("answered", "desk", "Bo Ek")
    (received,) = calls(reception, "bo-desk", "101", "received")
    assert facts(received, "result", "device", "name") == ("answered", "desk", "Anna Berg")
    (forwarded,) = calls(reception, "cecilia-desk", caller, "forwarded")
    assert facts(forwarded, "to", "by") == ("user:bo", "bo")
    assert facts(calls(reception, "bo-desk", caller)[0], "result", "device") == ("answered", "desk")


@pytest.mark.row("U2", "U11", "U13")
def test_u11_a_contact_is_known_by_name_on_telephones_and_in_the_log_and_a_withheld_number_is_not(
    reception: Reception,
) -> None:
    pia, known = "+46701740678", "Pia Åström, Frakt & Åkeri"

    async def play(stage: Stage) -> None:
        desk = await stage.phone("anna", "desk")
        for caller, name in ((pia, known), ("+46701740677", "Nordisk Frakt"), ("+46701740676", "")):
            call = await (await stage.outside(caller)).call(ANNA)
            told = await (await desk.incoming(10)).identity()
            assert (told.caller, told.display_name) == (caller, name)
            await call.hang_up()
        call = await (await stage.outside("anonymous")).call(ANNA)
        told = await (await desk.incoming(10)).identity()
        assert (told.caller, told.asserted) == ("anonymous", "")
        await call.hang_up()

    reception.on_stage(TENANT, play)
    assert soon(lambda: calls(reception, "anna-desk", pia))["name"] == known


@pytest.mark.row("U11", "U12")
def test_u11_the_contact_book_is_searched_colleagues_first(reception: Reception) -> None:
    book = asked(reception, "GET", "/contacts")
    assert [each["contact"] for each in book["contacts"]] == [
        *("user:anna", "user:bo", "user:cecilia"),
        *("contact:pia", "contact:frakt"),
    ]
    assert facts(book["contacts"][3], "favourite", "name", "email") == (True, "Pia Åström", "pia@frakt.example")
    assert facts(book["contacts"][1], "favourite", "name", "extension") == (False, "Bo Ek", "102")
    for query, found in (("ek", ["user:bo"]), ("%C3%A5str", ["contact:pia"]), ("0701740677", ["contact:frakt"])):
        assert [each["contact"] for each in asked(reception, "GET", f"/contacts?q={query}")["contacts"]] == found
    assert programs.asked(reception, TENANT, "GET", "/contacts", password="wrong")[0] == 401


def looked_up(reception: Reception, what: str, *, login: str = "anna-desk", tenant: str = TENANT) -> tuple[int, str]:
    """What a telephone of this tenant finds in a tenant's book by LDAP, and the program's exit code: LDAP's own."""
    verification = reception.verification()
    who = f"-D {shlex.quote(books.login(TENANT, login))} -y /dev/stdin" if login else ""
    command = (
        f"LDAPTLS_REQCERT=never ldapsearch -x -LLL -o ldif-wrap=no -H ldaps://{verification.edge}"
        f" {who} -b {shlex.quote(books.base(tenant))} {shlex.quote(what)} uid; echo $?"
    )
    password = verification.deployment.secrets.get(f"devices/{TENANT}/anna-desk")
    told = asyncio.run(verification.shell("phones").run(command, password.encode()))
    *found, code = told.decode().splitlines()
    return int(code), " ".join(sorted(line.removeprefix("uid: ") for line in found if line.startswith("uid: ")))


@pytest.mark.row("U11", "U14")
def test_u11_a_telephone_finds_people_by_ldap_in_its_own_tenants_book_alone(reception: Reception) -> None:
    everybody = "contact.frakt contact.pia user.anna user.bo user.cecilia"
    assert looked_up(reception, "(objectClass=inetOrgPerson)") == (0, everybody)
    assert looked_up(reception, "(|(cn=Pia*)(sn=Pia*)(o=Pia*))") == (0, "contact.pia")
    assert looked_up(reception, "(telephoneNumber=+46701740679)") == (0, "contact.pia")
    assert looked_up(reception, "(telephoneNumber=10*)") == (0, "user.anna user.bo user.cecilia")
    assert looked_up(reception, "(uid=*)", tenant="activities") == (NO_SUCH_OBJECT, "")
    assert looked_up(reception, "(uid=*)", login="bo-desk") == (INVALID_CREDENTIALS, ""), (
        "each has a password of its own"
    )
    assert looked_up(reception, "(uid=*)", login="")[1] == ""
    assert reception.run("edge", "ss -Hlnt 'sport = 389'").strip() == ""


@pytest.fixture
def _no_message_stays(reception: Reception) -> Iterator[None]:
    """Also where a test fails before it deletes what was left."""
    yield
    for box in ("anna", "info"):
        for each in asked(reception, "GET", f"/mailboxes/{box}/messages")["messages"]:
            asked(reception, "DELETE", f"/mailboxes/{box}/messages/{each['id']}")


async def leaves(stage: Stage, caller: str, number: str, greeting: str) -> None:
    """Hears the greeting to its end and says something that can be found again."""
    call = await stage.dial(await stage.outside(caller), number)
    await stage.hears(call, stage.prompt(greeting))
    await asyncio.sleep(BEEP)
    await call.play(await stage.bench.sounds(PROOF))
    await asyncio.sleep(stage.bench.ear.seconds(await stage.bench.sounds(PROOF)) + 0.3)
    await call.hang_up()


@pytest.mark.usefixtures("_no_message_stays")
@pytest.mark.row("U3", "U13")
def test_u3_a_message_is_listed_fetched_heard_and_deleted_as_the_telephone_knows_it(reception: Reception) -> None:
    caller, said = "+46701740673", {each.alias: each.recipe for each in owners.sounds("sv")}
    with message_lamp(reception, TENANT, "anna", device="desk") as lamp:
        assert lamp.shows(0)
        reception.on_stage(TENANT, lambda stage: leaves(stage, caller, ANNA, "leave"))
        assert lamp.shows(1)
        call = soon(lambda: calls(reception, "anna-desk", caller, "voicemail"))
        (message,) = asked(reception, "GET", "/mailboxes/anna/messages")["messages"]
        assert facts(message, "id", "number", "heard") == (call["message"], caller, False)
        assert (call["result"], abs(_at(message) - _at(call)) < 60) == ("missed", True)
        assert 2 <= message["seconds"] <= 12

        path = f"/mailboxes/anna/messages/{message['id']}"
        status, sound = programs.asked(reception, TENANT, "GET", f"{path}/audio")

        async def is_what_was_said(stage: Stage) -> None:
            assert status == 200
            match = stage.bench.ear.match(sound, await stage.bench.sounds(PROOF))
            assert match.heard, match

        reception.on_stage(TENANT, is_what_was_said)
        assert programs.asked(reception, TENANT, "GET", f"{path}/audio", login="bo-desk")[0] == 404

        assert asked(reception, "PUT", path, {"heard": True})["heard"] is True
        assert lamp.shows(0, 1), "marked as heard puts the lamp out"
        assert asked(reception, "PUT", path, {"heard": False})["heard"] is False
        assert lamp.shows(1)

        async def listens(stage: Stage) -> None:
            call = await stage.dial(await stage.phone("anna"), "*98")
            await stage.hears(call, said["se/vm-youhave"])
            await call.press("1")
            await stage.hears(call, said["se/vm-received"])
            await stage.hears(call, PROOF)
            await call.hang_up()

        reception.on_stage(TENANT, listens)
        assert lamp.shows(0, 1), "what she hears by telephone is heard"
        assert asked(reception, "GET", path)["heard"] is True
        assert asked(reception, "DELETE", path) == {}
        assert lamp.shows(0, 0)

        async def hears_of_none(stage: Stage) -> None:
            call = await stage.dial(await stage.phone("anna"), "*98")
            await stage.hears(call, said["se/vm-no"])
            await call.hang_up()

        reception.on_stage(TENANT, hears_of_none)
    assert asked(reception, "GET", "/mailboxes/anna/messages")["messages"] == []


def _at(each: dict[str, Any]) -> float:
    return datetime.fromisoformat(each["at"]).timestamp()


@pytest.mark.usefixtures("_no_message_stays")
@pytest.mark.row("U3", "R5")
def test_u3_a_shared_mailbox_is_the_members_and_its_lamp_follows(reception: Reception) -> None:
    with key(reception, TENANT, "bo", "*98950") as lamp:
        assert lamp.shows() == DARK
        reception.on_stage(TENANT, lambda stage: leaves(stage, "anonymous", INFO, "closed"))
        assert lamp.shows() == LIT
        (message,) = asked(reception, "GET", "/mailboxes/info/messages", login="bo-desk")["messages"]
        assert facts(message, "number", "name") == ("", ""), "a number that is withheld is nobody's to read"
        path = f"/mailboxes/info/messages/{message['id']}"
        assert programs.asked(reception, TENANT, "DELETE", path, login="cecilia-desk")[0] == 404
        assert asked(reception, "PUT", path, {"heard": True}, "anna-app")["heard"] is True
        assert lamp.shows() == DARK
        assert asked(reception, "DELETE", path, login="bo-desk") == {}
    assert asked(reception, "GET", "/mailboxes/info")["heard"] == 0


@pytest.mark.usefixtures("_no_message_stays")
@pytest.mark.row("U3", "R5")
def test_u3_a_message_is_deleted_after_the_days_that_its_mailbox_keeps_it(reception: Reception) -> None:
    with key(reception, TENANT, "bo", "*98950") as lamp:
        assert lamp.shows() == DARK
        for caller in ("+46701740682", "+46701740683"):
            reception.on_stage(TENANT, lambda stage, caller=caller: leaves(stage, caller, INFO, "closed"))
        assert lamp.shows() == LIT
        older = f"grep -l 46701740682 /var/spool/asterisk/voicemail/{TENANT}/info/INBOX/msg*.txt"
        month = "s/^origtime=.*/origtime='$(($(date +%s) - 31 * 86400))'/"
        reception.run("core", f"sed -i '{month}' $({older}) && systemctl restart pbx-people")

        def left() -> list[str]:
            return [each["number"] for each in asked(reception, "GET", "/mailboxes/info/messages")["messages"]]

        ends = time.monotonic() + 15
        while left() != ["+46701740683"]:
            assert time.monotonic() < ends, left()
            time.sleep(0.5)
        assert lamp.stays(1), "one is new yet"


@pytest.mark.row("U3")
def test_u3_she_turns_her_mailbox_off_by_program_and_on_by_telephone(reception: Reception) -> None:
    assert asked(reception, "PUT", "/mailboxes/anna", {"on": False})["on"] is False

    async def play(stage: Stage) -> None:
        call = await (await stage.outside("+46701740674")).call(ANNA)
        assert await call.until(CallState.UP, timeout=15) is CallState.ENDED, "no greeting, no message"
        call = await stage.dial(await stage.phone("anna"), "*96")
        await stage.hears(call, off.CHOICES["on"]["sv"])
        await call.until(CallState.ENDED, timeout=5)
        call = await stage.dial(await stage.outside("+46701740675"), ANNA)
        await stage.hears(call, stage.prompt("leave"))
        await call.hang_up()

    reception.on_stage(TENANT, play)
    assert asked(reception, "GET", "/mailboxes/anna") | {"new": 0, "heard": 0} == {
        **{"mailbox": "anna", "title": "Anna Berg", "own": True, "new": 0, "heard": 0, "on": True}
    }
