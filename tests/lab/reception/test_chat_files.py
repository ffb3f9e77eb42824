"""Files in chat (C3), and what becomes of what users wrote: programs send and read them through a real ejabberd."""

from __future__ import annotations

import asyncio
import hashlib
import json
import ssl
import urllib.error
import urllib.request
from collections.abc import Coroutine
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from slixmpp.exceptions import IqError

from tests.lab.reception.reception import Reception
from tests.lab.reception.xmpp import LoginRefused, ask, logged_in

pytestmark = [pytest.mark.lab, pytest.mark.engine]

FILES = "/srv/chat-files"
PICTURE = bytes(range(256)) * 40


def run(play: Coroutine[Any, Any, None]) -> None:
    asyncio.run(play)


def http(method: str, url: str, body: bytes | None = None) -> tuple[int, bytes]:
    context = ssl.create_default_context()
    # A lab's certificate is its edge's own.
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    asked = urllib.request.Request(quote(url, safe=":/"), body, {"Content-Type": "text/plain"}, method=method)
    try:
        with urllib.request.urlopen(asked, context=context, timeout=20) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


async def sent(program: Any, body: bytes, name: str = "bild.png") -> str:
    url = await program.slot(len(body), name)
    assert await asyncio.to_thread(http, "PUT", url, body) == (201, b"Upload successful.\n")
    return str(url)


async def refusal(program: Any, size: int, domain: str = "") -> tuple[str, str]:
    with pytest.raises(IqError) as refused:
        await program.slot(size, domain=domain)
    return refused.value.condition, refused.value.text


def home(user: str, domain: str = "chat.example") -> str:
    return f"{FILES}/{domain}/{hashlib.sha1(f'{user}@{domain}'.encode()).hexdigest()}"


def stored(reception: Reception, tenant: str = "chat") -> dict[str, dict[str, Any]]:
    return {each["user"]: each for each in reception.document("storage", tenant)["storage"]}


@pytest.mark.row("C3")
def test_c3_a_file_is_sent_to_a_colleague_and_counted(reception: Reception) -> None:
    async def play() -> None:
        async with logged_in(reception, "chat", "anna") as anna, logged_in(reception, "chat", "bo") as bo:
            url = await sent(anna, PICTURE, "אביב å.png")
            anna.write("bo@chat.example", url)
            assert await bo.read() == ("anna", url)
            assert await asyncio.to_thread(http, "GET", url) == (200, PICTURE)
            assert (await asyncio.to_thread(http, "PUT", url, PICTURE))[0] == 403, "nobody writes over it"
            other = await anna.slot(10)
            assert (await asyncio.to_thread(http, "PUT", other, b"longer than was said"))[0] == 413

    before = stored(reception)["anna"]
    run(play())
    after = stored(reception)["anna"]
    assert after["bytes"] == before["bytes"] + len(PICTURE)
    assert after["files"] == before["files"] + 1
    assert after["quota"] == 2_000_000_000
    assert "anna" in reception.pbx("storage", "chat")


@pytest.mark.row("C3")
def test_c3_what_is_too_large_or_nothing_or_not_sold_is_refused(reception: Reception) -> None:
    async def play() -> None:
        async with (
            logged_in(reception, "chat", "erik") as erik,
            logged_in(reception, "chat", "guest.lars") as guest,
            logged_in(reception, "chat-b", "anna") as other,
        ):
            assert await refusal(erik, 2_000_001) == ("not-acceptable", "File larger than 2000000 bytes")
            assert (await refusal(erik, 0))[0] == "bad-request"
            assert (await refusal(guest, 10))[0] == "forbidden"
            assert (await refusal(other, 10, "chat.example"))[0] == "forbidden"
            assert len((await erik.slot(2_000_000)).split("/")[-2]) >= 40, "what nobody can guess"

    run(play())


@pytest.mark.row("C3")
def test_c3_a_full_quota_is_told_in_the_users_language_and_nothing_is_lost(reception: Reception) -> None:
    folder = home("sigrid")
    made = f"mkdir -p {folder}/old && truncate -s 999M {folder}/old/film && chown -R ejabberd: {FILES}/chat.example"

    async def play() -> None:
        async with logged_in(reception, "chat", "sigrid", language="sv") as sigrid:
            reception.run("edge", made.replace("999M", "999000000"))
            words = "Filen på 2.0 MB får inte plats: 999.0 MB av dina 1.0 GB är använda"
            assert await refusal(sigrid, 2_000_000) == ("resource-constraint", words)
            await sent(sigrid, bytes(900_000))
            again = "Filen på 900.0 kB får inte plats: 999.9 MB av dina 1.0 GB är använda"
            assert await refusal(sigrid, 900_000) == ("resource-constraint", again)
            first = await sigrid.slot(60_000)
            assert (await refusal(sigrid, 60_000))[0] == "resource-constraint", (
                "what was granted counts before it comes"
            )
            assert (await asyncio.to_thread(http, "PUT", first, bytes(60_000)))[0] == 201
        async with logged_in(reception, "chat", "sigrid") as sigrid:
            words = "No room for this file of 900.0 kB: 1000.0 MB of your 1.0 GB are used"
            assert await refusal(sigrid, 900_000) == ("resource-constraint", words)

    # What an earlier run was granted would count for five hours, for the daemon is not told that the test took it away.
    assert ask(reception, "restart_module", host="chat.example", module="mod_http_upload") == 0
    try:
        run(play())
        assert stored(reception)["sigrid"]["files"] == 3, "no old file had to make room"
    finally:
        reception.run("edge", f"rm -rf {folder}")


@pytest.mark.row("C3")
def test_c3_tenants_do_not_reach_each_others_files(reception: Reception) -> None:
    async def play() -> None:
        async with logged_in(reception, "chat", "anna") as anna, logged_in(reception, "chat-b", "anna") as other:
            url = await sent(anna, PICTURE)
            elsewhere = url.replace("/chat.example/", "/chat-b.example/")
            assert (await asyncio.to_thread(http, "GET", elsewhere))[0] == 404
            for above in ("/..", "", "/../../../../etc/passwd"):
                assert (await asyncio.to_thread(http, "GET", url.rpartition("/")[0] + above))[0] in (400, 404)
            mine = await other.slot(len(PICTURE))
            stolen = mine.replace("/chat-b.example/", "/chat.example/")
            assert (await asyncio.to_thread(http, "PUT", stolen, PICTURE))[0] == 403

    run(play())


@pytest.mark.row("C3")
def test_c3_old_files_go(reception: Reception) -> None:
    folder = home("bo")

    async def play() -> None:
        async with logged_in(reception, "chat", "bo") as bo:
            old, young = await sent(bo, b"old"), await sent(bo, b"young")
            place = f"{folder}/{old.split('/')[-2]}"
            reception.run("edge", f"touch -d '31 days ago' {place}/* {place}")
            reception.run("edge", f"touch -d '29 days ago' {folder}/{young.split('/')[-2]}/*")
            reception.run("edge", "systemd-tmpfiles --clean /etc/tmpfiles.d/pbx-chat.conf")
            assert await asyncio.to_thread(http, "GET", old) == (404, b"Not found.\n")
            assert await asyncio.to_thread(http, "GET", young) == (200, b"young")

    run(play())


@pytest.mark.row("C1")
def test_c1_whoever_leaves_is_locked_out_then_put_aside_then_gone(reception: Reception) -> None:
    fresh = "  carl:\n    name: Carl\n    extension: 19\n    plan: channels\n    devices: {desk: {kind: desk}}\n"
    fresh += '    forwarding: {no_answer: "hangup:unavailable"}\n\nchat:\n'
    note = "/var/lib/pbx-chat/chat-b.json"

    async def writes() -> None:
        async with logged_in(reception, "chat-b", "carl") as carl, logged_in(reception, "chat-b", "bo") as bo:
            carl.write("bo@chat-b.example", "remember me")
            await bo.read()
            await sent(carl, PICTURE)

    async def refused() -> None:
        with pytest.raises(LoginRefused):
            async with logged_in(reception, "chat-b", "carl"):
                pass

    with reception.changed("chat-b", {"\nchat:\n": "\n" + fresh}):
        reception.pbx("apply", "--target", "chat-b", "--yes")
        run(writes())
    run(refused())
    reception.run("edge", "systemctl start pbx-chat-ends")
    assert "carl" in ask(reception, "registered_users", host="chat-b.example"), "her days of grace are not over"
    assert stored(reception, "chat-b")["carl"]["left"]
    told = json.loads(reception.run("edge", f"cat {note}"))
    told["left"]["carl"] = "2026-01-01T00:00:00+00:00"
    reception.run("edge", f"cat >{note} <<'E'\n{json.dumps(told)}\nE\nsystemctl start pbx-chat-ends")
    assert "carl" not in ask(reception, "registered_users", host="chat-b.example")
    aside = reception.run("edge", "cd /var/lib/pbx-chat/left/chat-b/carl-*; find . -type f; cat messages/*").split()
    assert {"./people.json", "./messages/carl.jsonl"} <= set(aside)
    assert any(each.startswith("./files/") and each.endswith("/bild.png") for each in aside)
    assert '"remember' in aside
    kept = "sqlite3.connect('/var/lib/pbx-chat/chat-b.sqlite3').execute('SELECT username FROM archive').fetchall()"
    owners = reception.run("edge", f'python3 -c "import sqlite3; print({kept})"')
    assert "carl" not in owners
    assert "bo" in owners, "what she wrote stays with those to whom she wrote it"
    assert reception.run("edge", f"test ! -e {home('carl', 'chat-b.example')} && echo gone").strip() == "gone"


@pytest.mark.row("C1")
def test_c1_a_tenant_that_is_destroyed_takes_its_chat_along_and_leaves_no_trace(
    reception: Reception, tmp_path: Path
) -> None:
    async def writes() -> None:
        async with logged_in(reception, "chat-b", "anna") as anna, logged_in(reception, "chat-b", "bo") as bo:
            await anna.enter("everybody")
            anna.write_in("everybody", "to all")
            await anna.read()
            anna.write("bo@chat-b.example", "hej hej")
            await bo.read()
            await sent(anna, PICTURE)

    run(writes())
    try:
        done = reception.document("destroy", "chat-b", "--yes", "--export", str(tmp_path / "exports"))
        (exported,) = done["exported"]
        folder = Path(exported["folder"]) / "chat"
        wrote = [json.loads(each) for each in (folder / "messages/anna.jsonl").read_text().splitlines()]
        assert wrote[-1]["text"] == "hej hej"
        assert wrote[-1]["with"].startswith("bo@chat-b.example")
        assert "to all" in (folder / "messages/everybody@conference.chat-b.example.jsonl").read_text()
        people = {each["account"]: each for each in json.loads((folder / "people.json").read_text())}
        assert PICTURE in [
            each.read_bytes() for each in (folder / "files" / people["anna@chat-b.example"]["files"]).rglob("*.png")
        ]
        assert "everybody@conference.chat-b.example" in (folder / "rooms.json").read_text()
        assert folder.parent.stat().st_mode & 0o077 == 0
        places = f"/etc/pbx-chat /var/lib/pbx-chat /var/lib/pbx-chat-page /var/log/pbx-chat /run/pbx-chat {FILES} /root"
        # What a user of another tenant wrote to its address is hers.
        others = "--exclude=chat.sqlite3"
        find = f"find {places} -name '*chat-b*'; grep -rla --devices=skip {others} 'chat-b' {places} || true"
        assert reception.run("edge", find).strip() == ""
        assert "chat-b.example" not in ask(reception, "registered_vhosts")
    finally:
        reception.pbx("apply", "--target", "chat-b", "--yes")
    assert ask(reception, "registered_users", host="chat-b.example") == ["anna", "bo"]
    assert stored(reception, "chat-b")["anna"]["files"] == 0
