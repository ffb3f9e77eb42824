"""External attendants at the core node: their sheet with what people are doing, and messages that they send."""

from __future__ import annotations

import base64
import json
import sys
import threading
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

from provisioner.features.external_attendants.model import account, password
from provisioner.pipeline.compile import compile_tenant
from provisioner.targets.asterisk import people
from tests.features.test_cases import SLUG, specification_of

sys.path.insert(0, str(Path(__file__).parents[2] / "roles" / "calls" / "files"))
sys.path.insert(0, str(Path(__file__).parents[2] / "roles" / "people" / "files"))
sys.path.insert(0, str(Path(__file__).parents[2] / "roles" / "notices" / "files"))

from pbx_notices import words
from pbx_people import desk, lived
from pbx_people.follow import Followed
from pbx_people.guard import Guard
from pbx_people.known import Known
from pbx_people.serve import Server
from pbx_people.states import States

NO_STATES = States(lambda *_: None)
pytestmark = pytest.mark.row("T2")

JANUARY_12 = 1_799_751_600
TENANT = """\
numbers:
  "+46850100100": {kind: main, destination: "external_attendant:front"}
  "+46850100101": {kind: other, destination: "user:anna"}
users:
  anna:
    name: Anna Berg
    extension: 101
    plan: business
    email: anna@acme.example
    mobile: "+46701740605"
    devices: {desk: {kind: desk}}
    forwarding: {no_answer: "voicemail:info"}
  bo:
    name: Bo Ek
    extension: 102
    plan: business
    devices: {desk: {kind: desk}}
    forwarding: {no_answer: "voicemail:info"}
voicemail: {info: {extension: 950, members: [anna]}}
activities: {}
external_attendants:
  front:
    number: "+46846500490"
    no_answer: voicemail:info
    instructions:
      answer: "Acme {{secret:x}}"
      temporary:
        - {text: Before, active_until: 2027-01-11}
        - {text: Now, active_from: 2027-01-12, active_until: 2027-01-12}
        - {text: Later, active_from: 2027-01-13}
        - {text: Always}
    numbers: {"+46850100101": {answer: Anna's line}}
    office: {address: Storgatan 1}
  night: {number: "+46846500491", extension: 901, no_answer: "voicemail:info", instructions: {answer: Acme}}
add_ons:
  external-attendant: {}
"""


def rendered(text: str, folder: Path) -> Path:
    """The tenant's folder on a core node."""
    specification = specification_of(text, folder / "provider")
    assert not specification.findings
    home = folder / "tenants" / SLUG
    home.mkdir(parents=True)
    for bundle in compile_tenant(specification.tenants[SLUG], specification.scopes[SLUG]).bundles:
        for file in bundle.files:
            if file.path in ("people.json", "notices.json"):
                written = people.with_ha1(file.text, lambda handle: handle) if file.path == "people.json" else file.text
                (home / file.path).write_text(written)
    return home


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return rendered(TENANT, tmp_path)


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    file = tmp_path / "queue_log"
    monkeypatch.setattr(desk, "LOG", file)
    monkeypatch.setattr("time.time", lambda: JANUARY_12)
    monkeypatch.setattr(lived, "ask", lambda _: "Database entry not found.\n")
    return file


@pytest.fixture
def ask(home: Path, log: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:  # noqa: ARG001
    followed = Followed()
    monkeypatch.setattr(followed, "doing", lambda _, user: lived.Doing("lunch" if user == "bo" else "available"))
    server = Server(("127.0.0.1", 0), Known(home.parent), Guard(), followed, NO_STATES)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()

    def asked(method: str, path: str, body: Any = None, login: str = "front", secret: str = "") -> tuple[int, Any]:
        user = login if "-" in login else account(login)
        secret = secret or (f"devices/{SLUG}/{login}" if "-" in login else password(SLUG, login))
        connection = HTTPConnection("127.0.0.1", server.server_address[1], timeout=5)
        code = base64.b64encode(f"{user}:{secret}".encode()).decode()
        text = json.dumps(body).encode() if body is not None else b""
        connection.request(method, f"/v1/tenants/{SLUG}{path}", text, {"Authorization": f"Basic {code}"})
        answer = connection.getresponse()
        said = answer.read()
        html = answer.getheader("Content-Type", "").startswith("text/html")
        return answer.status, said.decode() if html else json.loads(said)

    yield asked
    server.shutdown()
    server.server_close()
    thread.join()


def test_she_sees_her_sheet_as_it_is_today_and_what_people_are_doing(ask: Any) -> None:
    status, told = ask("GET", "/attendants/front")
    assert status == 200
    main, direct = told["called"]["+46850100100"], told["called"]["+46850100101"]
    assert (main["answer"], direct["answer"]) == ("Acme { {secret:x}}", "Anna's line")
    assert direct["temporary"] == ["Now", "Always"]
    assert told["office"] == {"address": "Storgatan 1"}
    assert [
        (each["user"], each["name"], each["extension"], each["by"], each["activity"]) for each in told["people"]
    ] == [
        ("anna", "Anna Berg", "101", ["mail", "sms"], "available"),
        ("bo", "Bo Ek", "102", [], "lunch"),
    ]
    assert [each["activity"] for each in ask("GET", "/users")[1]["users"]] == ["available", "lunch"]


def test_she_sees_it_in_a_browser_and_the_called_number_alone(ask: Any) -> None:
    status, shown = ask("GET", "/attendants/front/page")
    assert status == 200
    for said in ("Acme { {secret:x}}", "Anna&#x27;s line", "Always", "Storgatan 1", "*5", "+46850100100"):
        assert said in shown
    assert "Before" not in shown
    away = '<tr class="away"><td>Bo Ek</td><td>102</td><td>Lunch</td><td></td><td></td></tr>'
    assert away in shown
    for query in ("?called=%2B46850100101", "?called=+46850100101", "?called=46850100101"):
        status, alone = ask("GET", f"/attendants/front/page{query}")
        assert status == 200
        assert "Anna&#x27;s line" in alone
        assert "+46850100100" not in alone
    assert "+46850100100" in ask("GET", "/attendants/front/page?called=%2B46<script>")[1]


@pytest.mark.parametrize(
    ("method", "path", "login", "secret", "status"),
    [
        ("GET", "/attendants/front", "front", "wrong", 401),
        ("GET", "/attendants/front", "night", "", 403),
        ("GET", "/attendants/front/page", "night", "", 403),
        ("GET", "/attendants/front/page", "front", "wrong", 401),
        ("POST", "/attendants/front/page", "front", "", 404),
        ("GET", "/attendants/front", "anna-desk", "", 403),
        ("GET", "/attendants/nobody", "front", "", 403),
        ("PUT", "/attendants/front", "front", "", 404),
        ("POST", "/attendants/front/messages", "anna-desk", "", 403),
        ("PUT", "/users/anna/activity", "front", "", 403),
        ("POST", "/users", "front", "", 404),
    ],
)
def test_nobody_else_does(ask: Any, log: Path, method: str, path: str, login: str, secret: str, status: int) -> None:
    assert ask(method, path, {"to": "anna", "by": "sms", "text": "x"}, login, secret)[0] == status
    assert not log.exists()


def test_a_message_goes_out_as_notices_do(ask: Any, log: Path, home: Path) -> None:
    text = "Ring Åsa & Co|genast\nom 50 %"
    for by in ("sms", "mail"):
        body = {"to": "anna", "by": by, "text": text, "caller": "+46701740641"}
        assert ask("POST", "/attendants/front/messages", body) == (200, {"to": "anna", "by": by})
    sms, mail = (
        message
        for line in log.read_text().splitlines()
        if (told := words.understand(line))
        for message in words.messages(told, home.parent)
    )
    assert (sms.channel, sms.to, mail.channel, mail.to) == ("sms", "+46701740605", "mail", "anna@acme.example")
    assert sms.text.startswith("Ring Åsa & Co|genast om 50 % (+46701740641, 2027-01-12")
    assert mail.subject == "Message from +46701740641"
    assert sms.name != mail.name


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ([], "expected"),
        ({"to": "anna", "by": "sms"}, "expected"),
        ({"to": "anna", "by": "sms", "text": " "}, "expected"),
        ({"to": "ana", "by": "sms", "text": "x"}, "no user 'ana'"),
        ({"to": "anna", "by": "fax", "text": "x"}, "anna is reached by mail or sms"),
        ({"to": "bo", "by": "sms", "text": "x"}, "bo is reached by no way"),
        ({"to": "anna", "by": "sms", "text": "x" * 501}, "at most 500 signs, this one 501"),
        ({"to": "anna", "by": "sms", "text": "x", "caller": "Åsa"}, "'Åsa' is no number"),
    ],
)
def test_what_cannot_be_sent_is_told(ask: Any, log: Path, body: Any, why: str) -> None:
    status, told = ask("POST", "/attendants/front/messages", body)
    assert status == 422
    assert why in told["error"]
    assert not log.exists()


def test_a_tenant_without_activities_has_a_sheet_all_the_same(tmp_path: Path, log: Path) -> None:  # noqa: ARG001
    home = rendered(TENANT.replace("activities: {}\n", ""), tmp_path)
    tenant = json.loads((home / "people.json").read_text())
    assert tenant["activities"] == {}
    told = desk.sheet(tenant, SLUG, "front", lambda _: {})
    assert [(each["name"], "activity" in each) for each in told["people"]] == [("Anna Berg", False), ("Bo Ek", False)]
