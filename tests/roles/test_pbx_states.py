"""What core nodes tell of telephones for chat, and what a status in chat sets."""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

from provisioner.core import lights
from provisioner.targets.asterisk import people

sys.path.insert(0, str(Path(__file__).parents[2] / "roles" / "calls" / "files"))
sys.path.insert(0, str(Path(__file__).parents[2] / "roles" / "notices" / "files"))
sys.path.insert(0, str(Path(__file__).parents[2] / "roles" / "people" / "files"))

from pbx_people import chat, follow, lived
from pbx_people.follow import Followed
from pbx_people.guard import Guard
from pbx_people.known import Known
from pbx_people.lived import Doing
from pbx_people.serve import Server
from pbx_people.states import States, state

pytestmark = [pytest.mark.row("C1"), pytest.mark.row("A4")]

NOW = 1_790_000_000
FACTS = (
    people.House("ac-me.example", "Europe/Stockholm", "sv"),
    people.Pursuit("available", {"sv": "Tillgänglig"}, rings=True, number=0),
    people.Pursuit("busy", {"sv": "Upptagen"}, rings=False, number=1),
    people.Pursuit("elsewhere", {"sv": "Arbetar på annan plats"}, rings=True, number=10),
    people.Pursuit("vacation", {"sv": "Semester"}, rings=False, number=7),
    people.Person("anna-b", "Anna", "101"),
    people.Person("bo", "Bo", "102"),
    people.Chatting({"anna-b": "anna", "bo": "bo"}, {"dnd": "busy"}),
)


@pytest.fixture
def known(tmp_path: Path) -> Known:
    text = people.write(FACTS)
    assert text
    (tmp_path / "ac-me").mkdir()
    (tmp_path / "ac-me/people.json").write_text(text.text)
    return Known(tmp_path)


@pytest.mark.parametrize(
    ("doing", "line", "shown"),
    [
        (Doing(), "", None),
        (Doing(), "NOT_INUSE", None),
        (Doing(), "RINGING", None),
        (Doing(), "INUSE", ("dnd", "I samtal")),
        (Doing("vacation"), "INUSE", ("dnd", "I samtal")),
        (Doing("busy"), "", ("dnd", "Upptagen")),
        (Doing("vacation", NOW + 3600, "Kreta"), "", ("xa", "Semester, 17:13: Kreta")),
        (Doing("elsewhere"), "", ("", "Arbetar på annan plats")),
        (Doing(note="back soon"), "", ("", "Tillgänglig: back soon")),
    ],
)
def test_what_colleagues_are_shown(known: Known, doing: Doing, line: str, shown: tuple[str, str] | None) -> None:
    tenant = known.of("ac-me")
    assert tenant
    told = state(tenant, doing, line, NOW)
    assert (told and (told["show"], told["status"])) == shown


def test_lines_and_activities_are_read_of_whom_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = {
        f"/CustomDevstate/{lights.of_line('ac-me', 'anna-b')}": "INUSE",
        f"/CustomDevstate/{lights.of_switch('ac-me', 'office')[0]}": "INUSE",
        "/pbx/ac-me/activity-bo": "busy:0:hand:",
    }
    monkeypatch.setattr(follow.lived, "written", lambda _: ((1, 1, 1), rows))
    followed = Followed()
    assert followed.look()
    assert followed.told() == {("ac-me", "anna-b"), ("ac-me", "bo")}
    assert followed.line("ac-me", "anna-b") == "INUSE"
    assert followed.line("ac-me", "bo") == ""


def test_whoever_asks_is_told_what_is_new_and_waits_where_nothing_is(known: Known) -> None:
    shown: dict[str, Any] = {"anna-b": {"show": "dnd", "status": "I samtal"}}
    states, told = States(lambda _, __, user: shown.get(user)), {("ac-me", "anna-b"), ("other", "eve")}
    states.look(known.with_chat(), told)
    first = states.after("", 0, 0)
    assert first["states"] == {"ac-me": {"anna": {"show": "dnd", "status": "I samtal"}}}, "by her account in chat"
    assert first["settable"] == ["ac-me"]
    states.look(known.with_chat(), told)
    assert states.after(states.began, first["number"], 0)["states"] == {}
    shown.clear()
    threading.Timer(0.1, lambda: states.look(known.with_chat(), told)).start()
    begun = time.monotonic()
    assert states.after(states.began, first["number"], 5)["states"] == {"ac-me": {}}
    assert time.monotonic() - begun < 3
    assert states.after("another beginning", 99, 0)["states"] == {"ac-me": {}}
    states.look({}, set())
    assert states.after(states.began, 0, 0)["settable"] == []


@pytest.mark.parametrize(
    ("now", "show", "then"),
    [
        (Doing(), "dnd", Doing("busy", by="chat")),
        (Doing("vacation", by="calendar"), "dnd", Doing("busy", by="chat")),
        (Doing("vacation", by="phone"), "dnd", None),
        (Doing("vacation", by="hand"), "", None),
        (Doing("busy", by="chat"), "", Doing()),
        (Doing("busy", by="chat"), "away", Doing()),
        (Doing("busy", by="chat"), "dnd", None),
        (Doing("busy", by="calendar"), "", None),
        (Doing(note="back soon"), "", None),
    ],
)
def test_a_status_sets_its_activity_and_ends_what_chat_began(
    known: Known, monkeypatch: pytest.MonkeyPatch, now: Doing, show: str, then: Doing | None
) -> None:
    kept: list[tuple[str, str, Doing]] = []
    monkeypatch.setattr(lived, "one", lambda *_: now)
    monkeypatch.setattr(lived, "keep", lambda *each: kept.append(each))
    assert chat.by_status(known.of("ac-me"), "ac-me", "anna", show) is (then is not None)
    assert kept == ([("ac-me", "anna-b", then)] if then else [])


def test_a_stranger_and_a_tenant_without_statuses_set_nothing(known: Known, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lived, "one", lambda *_: pytest.fail("nothing is looked at"))
    assert not chat.by_status(known.of("ac-me"), "ac-me", "eve", "dnd")
    assert not chat.by_status(None, "nobody", "anna", "dnd")
    tenant = known.of("ac-me")
    assert tenant
    tenant["tenant"]["chat"]["statuses"] = {}
    assert not chat.by_status(tenant, "ac-me", "anna", "dnd")


@pytest.fixture
def port(known: Known, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    (tmp_path / "token").write_text("secret")
    monkeypatch.setattr(chat, "TOKEN", tmp_path / "token")
    monkeypatch.setattr(chat, "SECONDS", 0.0)
    server = Server(("127.0.0.1", 0), known, Guard(), Followed(), States(lambda *_: None))
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    ("path", "token", "status"),
    [
        ("/chat/states", "secret", 200),
        ("/chat/states?number=x", "secret", 400),
        ("/chat/states", "wrong", 404),
        ("/chat/states", "", 404),
        ("/chat/else", "secret", 404),
    ],
)
def test_only_the_machine_that_carries_chat_is_told(port: int, path: str, token: str, status: int) -> None:
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    connection.request("GET", path, headers={"Authorization": f"Bearer {token}"} if token else {})
    answer = connection.getresponse()
    told = json.loads(answer.read())
    assert answer.status == status
    assert ("states" in told) == (status == 200)
