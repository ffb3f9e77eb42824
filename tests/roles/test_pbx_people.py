"""What users are doing, over HTTP: who may ask, who may set, what is refused, and how often."""

from __future__ import annotations

import base64
import contextlib
import json
import sqlite3
import sys
import threading
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

from provisioner.core.ports.activities import Doing
from provisioner.core.secrets import ha1, token
from provisioner.targets.asterisk import activities, people

sys.path.insert(0, str(Path(__file__).parents[2] / "roles" / "calls" / "files"))
sys.path.insert(0, str(Path(__file__).parents[2] / "roles" / "notices" / "files"))
sys.path.insert(0, str(Path(__file__).parents[2] / "roles" / "people" / "files"))

from pbx_people import lived
from pbx_people.follow import Followed
from pbx_people.guard import Guard
from pbx_people.known import Known
from pbx_people.serve import Server
from pbx_people.states import States

NO_STATES = States(lambda *_: None)
pytestmark = pytest.mark.row("A4")

NOW = 1_790_000_000
PASSWORD = 'quote " and ÅÄÖ: colon'
FACTS = (
    people.House("acme.example", "Europe/Stockholm", "sv"),
    people.Pursuit("available", {"sv": "Tillgänglig", "en": "Available"}, rings=True, number=0),
    people.Pursuit("lunch", {"sv": "Lunch", "en": "Lunch"}, rings=False, number=3),
    people.Person("anna", 'Anna "A" {{secret:x}}', "101", {"anna-desk": "devices/acme/anna-desk"}),
    people.Person("bo", "Bo Ek", "102", {"bo-desk": "devices/acme/bo-desk", "bo-app": "devices/acme/bo-app"}),
)


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


class Asterisk:
    """A core node's database: what is set is there at once on the command line, and in the file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with sqlite3.connect(path) as database:
            database.execute("CREATE TABLE astdb(key VARCHAR(256), value VARCHAR(256), PRIMARY KEY(key))")

    def ask(self, command: str) -> str:
        match command.split():
            case ["database", "put", family, key, value]:
                self.put(f"/{family}/{key}", value)
            case ["database", "del", family, key]:
                with sqlite3.connect(self.path) as database:
                    database.execute("DELETE FROM astdb WHERE key = ?", (f"/{family}/{key}",))
            case ["database", "get", family, key]:
                with sqlite3.connect(self.path) as database:
                    found = database.execute("SELECT value FROM astdb WHERE key = ?", (f"/{family}/{key}",)).fetchone()
                return f"Value: {found[0]}\n" if found else "Database entry not found.\n"
            case _:
                raise AssertionError(command)
        return "done\n"

    def put(self, key: str, value: str) -> None:
        with sqlite3.connect(self.path) as database:
            database.execute("INSERT OR REPLACE INTO astdb VALUES (?, ?)", (key, value))


class Service:
    def __init__(self, port: int, clock: Clock, asterisk: Asterisk, followed: Followed) -> None:
        self.port, self.clock, self.asterisk, self.followed = port, clock, asterisk, followed

    def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        login: str = "anna-desk",
        password: str = PASSWORD,
        client: str = "192.0.2.1",
        **headers: str,
    ) -> tuple[int, dict[str, Any]]:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=5)
        code = base64.b64encode(f"{login}:{password}".encode()).decode()
        given = {"Authorization": f"Basic {code}"} if login else {}
        text = body if isinstance(body, bytes) else json.dumps(body).encode() if body is not None else b""
        connection.request(method, path, text, {**given, "X-Forwarded-For": f"10.0.0.1, {client}", **headers})
        answer = connection.getresponse()
        found = json.loads(answer.read())
        connection.close()
        return answer.status, found

    def reader(self, tenant: str, login: str, password: str = PASSWORD) -> tuple[int, str | None]:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=5)
        code = base64.b64encode(f"{login}:{password}".encode()).decode()
        connection.request("GET", f"/v1/tenants/{tenant}/reader", headers={"Authorization": f"Basic {code}"})
        answer = connection.getresponse()
        connection.close()
        return answer.status, answer.getheader("X-PBX-Reader")


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    file = people.write(FACTS)
    assert file
    (tmp_path / "tenants/acme").mkdir(parents=True)
    (tmp_path / "tenants/acme/people.json").write_text(people.with_ha1(file.text, lambda _: PASSWORD))
    asterisk, clock = Asterisk(tmp_path / "astdb.sqlite3"), Clock()
    monkeypatch.setattr(lived, "DATABASE", str(asterisk.path))
    monkeypatch.setattr(lived, "ask", asterisk.ask)
    monkeypatch.setattr(lived, "SETTLED", -(10**20))  # the clock of these tests stands still
    monkeypatch.setattr("time.time", lambda: NOW)
    followed = Followed()
    server = Server(("127.0.0.1", 0), Known(tmp_path / "tenants"), Guard(clock), followed, NO_STATES)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield Service(server.server_address[1], clock, asterisk, followed)
    server.shutdown()
    server.server_close()
    thread.join()


ANNA, BO = "/v1/tenants/acme/users/anna/activity", "/v1/tenants/acme/users/bo/activity"


def test_the_file_holds_tokens_and_the_node_digests() -> None:
    file = people.write(FACTS)
    assert file
    assert token("devices/acme/bo-app") in file.text
    assert "{{secret:x}}" not in file.text
    accounts = json.loads(people.with_ha1(file.text, lambda handle: handle))["people"]["bo"]["accounts"]
    assert accounts["bo-app"] == ha1("bo-app", "acme.example", "devices/acme/bo-app")
    assert people.write(FACTS[1:]) is None, "no activities, no file"


@pytest.mark.parametrize("doing", [Doing(), Doing("lunch", NOW + 60, "Åter: 13; tja", "phone")])
def test_an_entry_means_the_same_everywhere(doing: Doing) -> None:
    entry = activities.written(doing)
    found = lived.read(entry)
    assert (found.activity, found.until or None, found.note, found.by) == (
        doing.activity,
        doing.until,
        doing.note,
        doing.by,
    )
    assert found.written() == entry


def test_one_sets_her_own_and_colleagues_see_it(service: Service) -> None:
    until = "2026-09-21T17:00:00+02:00"
    status, told = service.ask("PUT", ANNA, {"activity": "lunch", "until": until, "note": "på Kajen"})
    assert (status, told["activity"], told["until"], told["note"]) == (200, "lunch", until, "på Kajen")
    assert service.ask("GET", ANNA, login="bo-app") == (200, told)
    assert service.followed.look()
    status, everybody = service.ask("GET", "/v1/tenants/acme/users", login="bo-app")
    assert [(each["user"], each["activity"]) for each in everybody["users"]] == [("anna", "lunch"), ("bo", "available")]
    assert service.ask("DELETE", ANNA)[1]["activity"] == "available"
    status, known = service.ask("GET", "/v1/tenants/acme/activities")
    assert list(known["activities"]) == ["available", "lunch"]


def test_what_is_over_is_not_told(service: Service) -> None:
    service.asterisk.put("/pbx/acme/activity-anna", f"lunch:{NOW}:phone:")
    assert service.ask("GET", ANNA)[1]["activity"] == "available"
    service.asterisk.put("/pbx/acme/clock-offset", "-1")
    assert service.ask("GET", ANNA)[1]["activity"] == "lunch"
    assert service.followed.look()
    assert service.ask("GET", "/v1/tenants/acme/users")[1]["users"][0]["activity"] == "lunch"


@pytest.mark.parametrize(
    ("body", "status", "why"),
    [
        (b"{", 400, "expected"),
        (b"\xff\xfe", 400, "expected"),
        ([], 400, "expected"),
        ({"note": "x"}, 400, "expected"),
        ({"activity": ["lunch"]}, 400, "expected"),
        ({"activity": "lunhc"}, 422, "there are: available, lunch"),
        ({"activity": "lunch", "until": "soon"}, 422, "no time"),
        ({"activity": "lunch", "until": "2020-01-01T12:00"}, 422, "is over"),
        ({"activity": "lunch", "note": "x" * 141}, 422, "140 bytes"),
        ({"activity": "lunch", "note": "a\nb"}, 422, "one line"),
        ({"activity": "available", "until": "2027-01-01T12:00"}, 422, "no end"),
        (b"x" * 5000, 413, "4096"),
    ],
)
def test_what_cannot_be_meant_changes_nothing(service: Service, body: Any, status: int, why: str) -> None:
    service.asterisk.put("/pbx/acme/activity-anna", "lunch:0:phone:")
    found, told = service.ask("PUT", ANNA, body)
    assert found == status
    assert why in told["error"]
    assert service.ask("GET", ANNA)[1]["activity"] == "lunch"


@pytest.mark.parametrize(
    ("method", "path", "login", "password", "status"),
    [
        ("GET", ANNA, "", "", 401),
        ("GET", ANNA, "anna-desk", "wrong", 401),
        ("GET", ANNA, "anna", PASSWORD, 401),
        ("GET", ANNA, "anna-desk@acme", PASSWORD, 200),
        ("GET", ANNA, "anna-desk@acme@acme", PASSWORD, 401),
        ("GET", ANNA, "anna-desk@other", PASSWORD, 401),
        ("GET", "/v1/tenants/other/users", "anna-desk@acme", PASSWORD, 401),
        ("GET", "/v1/tenants/other/users", "anna-desk", PASSWORD, 401),
        ("GET", "/v1/tenants/acme/reader", "anna-desk", PASSWORD, 403),
        ("GET", "/v1/tenants/../users", "anna-desk", PASSWORD, 401),
        ("PUT", BO, "anna-desk", PASSWORD, 403),
        ("DELETE", BO, "anna-desk", PASSWORD, 403),
        ("GET", "/v1/tenants/acme/users/nobody/activity", "anna-desk", PASSWORD, 404),
        ("GET", "/", "anna-desk", PASSWORD, 404),
        ("PUT", "/v1/tenants/acme/users", "anna-desk", PASSWORD, 404),
    ],
)
def test_who_may_or_not(service: Service, method: str, path: str, login: str, password: str, status: int) -> None:
    assert service.ask(method, path, {"activity": "lunch"}, login=login, password=password)[0] == status


def test_wrong_passwords_make_a_client_wait_and_nobody_else(service: Service) -> None:
    for _ in range(5):
        assert service.ask("GET", ANNA, password="wrong")[0] == 401
    assert service.ask("GET", ANNA)[0] == 429
    assert service.ask("GET", ANNA, client="192.0.2.2")[0] == 200
    assert service.ask("GET", ANNA, login="bo-app")[0] == 200
    for number in range(15):
        service.ask("GET", ANNA, login=f"nobody-{number}")
    assert service.ask("GET", ANNA, login="bo-app")[0] == 429
    service.clock.now = 301
    assert service.ask("GET", ANNA)[0] == 200


def test_too_many_requests_of_one_account(service: Service) -> None:
    assert {service.ask("GET", ANNA)[0] for _ in range(60)} == {200}
    assert service.ask("GET", ANNA)[0] == 429
    service.clock.now = 11
    assert service.ask("GET", ANNA)[0] == 200


@pytest.mark.row("U11")
def test_the_server_of_contact_books_is_told_who_reads_and_asks_as_often_as_it_likes(
    service: Service, tmp_path: Path
) -> None:
    file = people.write((*FACTS, people.Book("Acme AB")))
    assert file
    (tmp_path / "tenants/booked").mkdir()
    (tmp_path / "tenants/booked/people.json").write_text(people.with_ha1(file.text, lambda _: PASSWORD))
    found = {service.reader("booked", "bo-app") for _ in range(61)}
    assert found == {(200, "booked.bo")}
    assert service.reader("acme", "bo-app") == (403, None), "a tenant without a book"
    for _ in range(5):
        assert service.reader("booked", "anna-desk", "wrong") == (401, None)
    assert service.reader("booked", "anna-desk") == (429, None)


def test_asterisk_that_is_away_is_told(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(_: str) -> str:
        raise lived.Silent("Asterisk does not answer")

    monkeypatch.setattr(lived, "ask", away)
    assert service.ask("GET", ANNA)[0] == 503


def test_the_file_is_read_beside_a_writer_and_never_half(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asterisk = Asterisk(tmp_path / "astdb.sqlite3")
    asterisk.put("/pbx/acme/activity-anna", "lunch:0:phone:")
    monkeypatch.setattr(lived, "DATABASE", str(asterisk.path))
    followed = Followed()
    monkeypatch.setattr(lived, "SETTLED", 600_000_000_000)
    assert not followed.look(), "it has just changed"
    monkeypatch.setattr(lived, "SETTLED", 0)
    assert followed.look()
    assert not followed.look(), "nothing is new"
    with contextlib.closing(sqlite3.connect(asterisk.path, isolation_level=None)) as writer:
        writer.execute("BEGIN EXCLUSIVE")  # a reader that asked for a lock would wait, or make the writer give up
        writer.execute("INSERT OR REPLACE INTO astdb VALUES ('/pbx/acme/activity-bo', 'busy:0:phone:')")
        assert Followed().look()
        writer.execute("COMMIT")
    assert followed.look()
    assert followed.doing("acme", "bo").activity == "busy"
    states = iter([(1, 1, 1), (1, 2, 1)])
    monkeypatch.setattr(lived, "_state", lambda: next(states))
    assert not followed.look(), "it changed while it was read"
