"""A user's calls and messages over HTTP: what she is told, what she may change, and that nobody else may."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from provisioner.targets.asterisk import naming, people
from tests.roles.people_spool import ACME, BOXES, FIRST, NO_STATES, OTHER, SECOND, V1, Running, Spool
from tests.roles.test_pbx_people import NOW, PASSWORD, Clock

sys.path.insert(0, str(Path(__file__).parents[2] / "roles" / "calls" / "files"))
sys.path.insert(0, str(Path(__file__).parents[2] / "roles" / "notices" / "files"))
sys.path.insert(0, str(Path(__file__).parents[2] / "roles" / "people" / "files"))

from pbx_calls import log
from pbx_calls.gather import Entry
from pbx_notices import transcripts
from pbx_people import lived, mailboxes, retention
from pbx_people.follow import Followed
from pbx_people.guard import REQUESTS, Guard
from pbx_people.known import Known
from pbx_people.mailboxes import Mailboxes
from pbx_people.serve import AT_ONCE, Server


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Running]:
    for slug, facts in (("acme", ACME), ("other", OTHER)):
        file = people.write(facts)
        assert file
        (tmp_path / "tenants" / slug).mkdir(parents=True)
        (tmp_path / "tenants" / slug / "people.json").write_text(people.with_ha1(file.text, lambda _: PASSWORD))
    (tmp_path / "calls").mkdir()
    asterisk, clock = Spool(tmp_path / "astdb.sqlite3", tmp_path / "voicemail"), Clock()
    monkeypatch.setattr(lived, "DATABASE", str(asterisk.path))
    monkeypatch.setattr(lived, "ask", asterisk.ask)
    monkeypatch.setattr(log, "FOLDER", tmp_path / "calls")
    server = Server(("127.0.0.1", 0), Known(tmp_path / "tenants"), Guard(clock), Followed(), NO_STATES)
    server.mailboxes = Mailboxes(asterisk.spool)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    running = Running(server.server_address[1], clock, asterisk, server.followed)
    running.server = server
    yield running
    server.shutdown()
    server.server_close()
    thread.join()


def call(user: str, at: float, result: str, **more: Any) -> Entry:
    return Entry(f"core-{at}", user, more.pop("direction", "received"), at, result, **more)


def results(service: Running, query: str = "", login: str = "anna-desk") -> list[str]:
    status, found = service.ask("GET", f"{V1}/users/{login.partition('-')[0]}/calls{query}", login=login)
    assert status == 200, found
    return [each["result"] for each in found["calls"]]


# -- calls


@pytest.mark.row("U13")
def test_her_calls_as_the_telephone_sees_them_whose_login_asks(service: Running) -> None:
    every = [
        call("anna", NOW, "answered", number="+46701740600", name="Örjan", seconds=7, device="desk"),
        call("anna", NOW + 1, "missed", number="102", message=FIRST),
        call("anna", NOW + 2, "unanswered", direction="made", number="102", device="app"),
        call("anna", NOW + 3, "answered", device="*mobile"),
        call("bo", NOW + 4, "missed"),
    ]
    log.write("acme", every)
    log.write("other", [call("anna", NOW + 5, "missed", number="+4799")])
    assert results(service) == ["answered-elsewhere", "unanswered", "missed", "answered"]
    assert results(service, login="anna-app") == [*results(service)[:3], "answered-elsewhere"]
    _, found = service.ask("GET", f"{V1}/users/anna/calls")
    assert [each["name"] for each in found["calls"]] == ["", "Bo Ek", "Bo Ek", "Örjan"]
    assert found["calls"][0]["device"] == "cell"
    assert found["calls"][3] == {
        **{"direction": "received", "at": "2026-09-21T16:13:20+02:00", "result": "answered", "number": "+46701740600"},
        **{"name": "Örjan", "seconds": 7, "device": "desk", "by": "", "to": "", "message": ""},
    }
    assert results(service, "?kind=missed") == ["missed"]
    assert results(service, "?kind=voicemail&limit=1") == ["missed"]


@pytest.mark.row("U13")
def test_a_long_log_comes_in_parts(service: Running) -> None:
    log.write("acme", [call("anna", NOW + count + 0.25, "missed", number=str(count)) for count in range(5)])
    found: list[str] = []
    path = "?limit=2"
    while path:
        _, answer = service.ask("GET", f"{V1}/users/anna/calls{path}")
        found += [each["number"] for each in answer["calls"]]
        path = f"?limit=2&before={answer['next']}" if answer["next"] else ""
    assert found == ["4", "3", "2", "1", "0"]


@pytest.mark.row("U13")
@pytest.mark.parametrize(
    "query",
    ["?kind=x", "?kind=missed'--", "?limit=0", "?limit=201", "?limit=-1", "?limit=9999999999", "?before=x",
     "?before=1e9", "?before=-1", "?before=" + "1" * 30, "?limit=%31%30%FF",
     "?limit=%C2%B2", "?before=%D9%A3", "?" + "&".join(f"a{count}=1" for count in range(11))],
)  # fmt: skip
def test_what_no_program_asks_is_refused(service: Running, query: str) -> None:
    assert service.ask("GET", f"{V1}/users/anna/calls{query}")[0] == 400


@pytest.mark.row("U13")
@pytest.mark.parametrize(
    ("path", "status"),
    [
        (f"{V1}/users/bo/calls", 403),
        (f"{V1}/users/nobody/calls", 403),
        (f"{V1}/users/../bo/calls", 404),
        ("/v1/tenants/other/users/bo/calls", 401),
        ("/v1/tenants/nowhere/users/anna/calls", 401),
        ("/v1/tenants/../acme/users/anna/calls", 404),
        ("/v1/tenants/%2e%2e/users/anna/calls", 401),
    ],
)
def test_nobody_sees_the_calls_of_somebody_else(service: Running, path: str, status: int) -> None:
    log.write("acme", [call("bo", NOW, "missed", number="+46701740600")])
    log.write("other", [call("bo", NOW, "missed", number="+46701740600")])
    found, document = service.ask("GET", path, login="anna-desk" if "other" not in path else "bo-desk")
    assert (found, "+46701740600" in json.dumps(document)) == (status, False)
    assert service.ask("GET", f"{V1}/users/anna/calls", login="")[0] == 401
    assert service.ask("GET", f"{V1}/users/anna/calls", password="guess")[0] == 401


# -- mailboxes


@pytest.mark.row("U3")
def test_her_mailboxes_and_those_that_the_tenant_shares_with_her(service: Running) -> None:
    service.asterisk.leave("acme", "anna", id=FIRST, caller='"Kund" <+46701740600>')
    service.asterisk.leave("acme", "info", id=SECOND, caller="Unknown", folder="Old")
    _, found = service.ask("GET", BOXES)
    assert found["mailboxes"] == [
        {"mailbox": "anna", "title": "Anna Berg", "own": True, "new": 1, "heard": 0, "on": True},
        {"mailbox": "info", "title": "Reception", "own": False, "new": 0, "heard": 1, "on": True},
    ]
    assert [each["mailbox"] for each in service.ask("GET", BOXES, login="bo-desk")[1]["mailboxes"]] == [
        *("bo", "info", "secret")
    ]
    assert service.ask("GET", BOXES, login="cecilia-desk")[1]["mailboxes"] == []
    (message,) = service.ask("GET", f"{BOXES}/anna/messages")[1]["messages"]
    assert message == {
        **{"id": FIRST, "number": "+46701740600", "name": "Kund", "at": "2026-09-21T16:13:20+02:00"},
        **{"seconds": 7, "heard": False, "text": None},
    }
    (unknown,) = service.ask("GET", f"{BOXES}/info/messages")[1]["messages"]
    assert (unknown["number"], unknown["name"], unknown["heard"]) == ("", "", True)


@pytest.mark.row("U3")
def test_a_message_that_was_written_down_shows_its_text(
    service: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transcripts, "STORE", tmp_path)
    for box, id in (("anna", FIRST), ("anna", SECOND)):
        service.asterisk.leave("acme", box, id=id, caller="<1>")
    for slug, id, text in (("acme", FIRST, "call me back"), ("other", SECOND, "somebody else's")):
        transcripts.place(slug, "anna", id).parent.mkdir(parents=True)
        transcripts.place(slug, "anna", id).write_text(f'{{"text": "{text}"}}')
    shown = service.ask("GET", f"{BOXES}/anna/messages")[1]["messages"]
    assert {each["id"]: each["text"] for each in shown} == {FIRST: "call me back", SECOND: None}


@pytest.mark.row("U3")
def test_a_message_is_fetched_marked_and_deleted_by_its_id_whatever_its_file_is_called(service: Running) -> None:
    for id, began in ((FIRST, NOW), (SECOND, NOW + 60)):
        service.asterisk.leave("acme", "info", id=id, caller="+46701740600", began=began)
    first, second = (f"{BOXES}/info/messages/{id}" for id in (FIRST, SECOND))
    assert service.raw("GET", f"{second}/audio") == (200, "audio/wav", b"RIFF" + SECOND.encode())
    assert service.ask("PUT", first, {"heard": True})[1]["heard"] is True
    assert service.asterisk.lights == {"Custom:acme.voicemail.info": "INUSE"}, "the other one waits still"
    assert service.raw("GET", f"{second}/audio")[2] == b"RIFF" + SECOND.encode()
    assert service.ask("PUT", second, {"heard": True})[0] == 200
    assert service.asterisk.lights == {"Custom:acme.voicemail.info": "NOT_INUSE"}
    assert service.ask("PUT", first, {"heard": False})[1]["heard"] is False
    assert service.ask("DELETE", first) == (200, {})
    assert service.ask("DELETE", first)[0] == 404
    assert [each["id"] for each in service.ask("GET", f"{BOXES}/info/messages")[1]["messages"]] == [SECOND]


@pytest.mark.row("U3", "R5")
def test_a_message_goes_after_the_days_of_its_mailbox_and_no_other_does(service: Running) -> None:
    asterisk, day = service.asterisk, retention.DAY
    for slug, box in (("acme", "bo"), ("acme", "secret"), ("acme", "anna"), ("other", "info")):
        asterisk.leave(slug, box, id=FIRST, caller="<1>", began=NOW - 30 * day)
        asterisk.leave(slug, box, id=SECOND, caller="<1>", began=NOW - 30 * day + 1, folder="Old")
    known = service.server.known

    def left(login: str, box: str) -> list[str]:
        return [each["id"] for each in service.ask("GET", f"{BOXES}/{box}/messages", login=login)[1]["messages"]]

    for second, there in ((0, [SECOND, FIRST]), (0.5, [SECOND]), (1.5, [])):
        retention.forget(known, service.server.mailboxes, NOW + second)
        assert (left("bo-desk", "bo"), left("bo-desk", "secret")) == (there, there)
    assert asterisk.lights == {"Custom:acme.voicemail.secret": "NOT_INUSE"}
    assert left("anna-desk", "anna") == [SECOND, FIRST], "a mailbox that says nothing keeps them"
    assert len(list((asterisk.spool / "other/info").rglob("*.txt"))) == 2


@pytest.mark.row("U3")
def test_old_messages_stay_while_asterisk_does_nothing(service: Running) -> None:
    service.asterisk.leave("acme", "bo", id=FIRST, caller="<1>", began=NOW - 31 * retention.DAY)
    service.asterisk.full = True
    retention.forget(service.server.known, service.server.mailboxes, NOW)
    assert len(list((service.asterisk.spool / "acme/bo").rglob("*.txt"))) == 1


@pytest.mark.row("U3")
def test_what_asterisk_does_not_do_is_said(service: Running) -> None:
    service.asterisk.leave("acme", "anna", id=FIRST, caller="<1>")
    service.asterisk.full = True
    assert service.ask("PUT", f"{BOXES}/anna/messages/{FIRST}", {"heard": True})[0] == 409
    assert service.ask("DELETE", f"{BOXES}/anna/messages/{FIRST}")[0] == 503


@pytest.mark.row("U3")
def test_she_turns_her_own_mailbox_off_and_on_and_no_shared_one(service: Running) -> None:
    assert mailboxes.SWITCH == naming.MAILBOX
    assert service.ask("PUT", f"{BOXES}/anna", {"on": False})[1]["on"] is False
    assert service.asterisk.ask("database get pbx/acme mailbox-anna") == "Value: off\n"
    assert service.ask("GET", f"{BOXES}/anna")[1]["on"] is False
    assert service.ask("GET", f"{BOXES}/bo", login="bo-desk")[1]["on"] is True
    assert service.ask("PUT", f"{BOXES}/anna", {"on": True})[1]["on"] is True
    assert service.ask("PUT", f"{BOXES}/info", {"on": False})[0] == 403


STRANGERS = [
    (f"{BOXES}/bo", 404), (f"{BOXES}/secret", 404), (f"{BOXES}/nothing", 404), (f"{BOXES}/..", 404),
    (f"{BOXES}/%2e%2e", 404), (f"{BOXES}/..%2fbo", 404), (f"{BOXES}/anna/../bo", 404),
    ("/v1/tenants/other/mailboxes/bo", 401), ("/v1/tenants/nowhere/mailboxes/anna", 401),
]  # fmt: skip


@pytest.mark.row("U3")
@pytest.mark.parametrize(("box", "status"), STRANGERS)
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_no_way_leads_to_a_mailbox_that_is_not_hers(service: Running, box: str, status: int, method: str) -> None:
    for slug, name in (("acme", "bo"), ("acme", "secret"), ("other", "anna"), ("other", "bo"), ("acme", "nothing")):
        service.asterisk.leave(slug, name, id=FIRST, caller="<+46701740600>")
    login = "bo-desk" if "other" in box else "anna-desk"
    bodies = {"GET": None, "PUT": {"heard": True, "on": False}, "DELETE": None}
    for rest in ("", "/messages", f"/messages/{FIRST}", f"/messages/{FIRST}/audio"):
        found, document = service.ask(method, f"{box}{rest}", bodies[method], login=login)
        assert (found, "+46701740600" in json.dumps(document)) == (status, False), rest
        service.clock.now += 301  # so that wrong logins are forgotten
    assert len(list(service.asterisk.spool.rglob("INBOX/msg*.txt"))) == 5, "nothing was moved or deleted"
    assert service.asterisk.ask("database get pbx/acme mailbox-bo") == "Database entry not found.\n"


@pytest.mark.row("U3")
@pytest.mark.parametrize(
    "id", ["x", "..", "../../bo/INBOX/msg0000", "1790000000-0000000g", f"{FIRST}%0adatabase", "*", ""]
)
def test_an_id_is_an_id(service: Running, id: str) -> None:
    service.asterisk.leave("acme", "anna", id=FIRST, caller="<1>")
    for method, body in (("GET", None), ("PUT", {"heard": True}), ("DELETE", None)):
        assert service.ask(method, f"{BOXES}/anna/messages/{id}", body)[0] == 404


@pytest.mark.row("U3")
@pytest.mark.parametrize(
    "body", [b"", b"{}", b"[]", b"1", b'{"heard": 1}', b'{"heard": "yes"}', b"{" * 4000, b"[" * 4000, b"\xff"]
)
def test_a_wish_is_true_or_false(service: Running, body: bytes) -> None:
    service.asterisk.leave("acme", "anna", id=FIRST, caller="<1>")
    assert service.ask("PUT", f"{BOXES}/anna/messages/{FIRST}", body)[0] == 400
    assert service.ask("PUT", f"{BOXES}/anna", body)[0] == 400


@pytest.mark.row("U3")
def test_nobody_floods_the_service(service: Running) -> None:
    service.asterisk.leave("acme", "anna", id=FIRST, caller="<1>")
    audio = f"{BOXES}/anna/messages/{FIRST}/audio"
    for _ in range(AT_ONCE):
        assert service.server.sounds.acquire(blocking=False)
    assert service.ask("GET", audio)[0] == 503
    for _ in range(AT_ONCE):
        service.server.sounds.release()
    assert [service.raw("GET", audio)[0] for _ in range(AT_ONCE + 1)] == [200] * (AT_ONCE + 1), "each one is given back"
    assert service.raw("GET", f"{BOXES}/anna/messages/{SECOND}/audio")[0] == 404
    assert {service.ask("GET", BOXES)[0] for _ in range(REQUESTS)} == {200, 429}
    assert service.ask("PUT", f"{BOXES}/anna", b"x" * 5000, login="bo-desk")[0] == 413
    for length in ("\xb2", "-1", "1e3", "9" * 30):
        assert service.ask("PUT", f"{BOXES}/bo", b"", login="bo-desk", **{"Content-Length": length})[0] == 413


@pytest.mark.row("U3")
def test_what_a_caller_calls_herself_is_data(service: Running) -> None:
    service.asterisk.leave("acme", "anna", id=FIRST, caller='"<script>, 50% {x}" <+46701740600>')
    service.asterisk.leave("acme", "anna", id=SECOND, caller='"Only a name" <>')
    first, second = sorted(
        service.ask("GET", f"{BOXES}/anna/messages")[1]["messages"], key=lambda each: str(each["id"])
    )
    assert (first["name"], first["number"]) == ("<script>, 50% {x}", "+46701740600")
    assert (second["name"], second["number"]) == ("Only a name", "")
    (broken := service.asterisk.spool / "acme/anna/INBOX/msg0009.txt").write_text("[message\nmsg_id=")
    assert broken.exists()
    assert len(service.ask("GET", f"{BOXES}/anna/messages")[1]["messages"]) == 2
