"""Calendars' servers: what is asked of them, and what becomes of an answer that is none."""

from __future__ import annotations

import base64
import json
import sys
import threading
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "roles" / "people" / "files"))
sys.path.insert(0, str(Path(__file__).parents[2] / "roles" / "calendars" / "files"))

from pbx_calendars import graph, kinds, sources
from pbx_calendars.ical import Nonsense
from pbx_calendars.meaning import Event
from pbx_calendars.sources import Away, Place

pytestmark = pytest.mark.row("A5")

NOW = 1_803_898_800  # 2027-03-01 11:00 UTC
ZONE = ZoneInfo("Europe/Stockholm")
ICS = (
    b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//EN\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20270101T000000Z\r\n"
    b"SUMMARY:M\xc3\xb6te\r\nDTSTART:20270301T110000Z\r\nDTEND:20270301T120000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)
MULTISTATUS = (
    b'<?xml version="1.0"?><multistatus xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><response>'
    b"<href>/anna/work/1.ics</href><propstat><prop><C:calendar-data>" + ICS + b"</C:calendar-data></prop>"
    b"<status>HTTP/1.1 200 OK</status></propstat></response>"
    b"<response><href>/anna/work/2.ics</href><status>HTTP/1.1 404 Not Found</status></response></multistatus>"
)
EVENTS = [Event(NOW, NOW + 3600, "Möte")]
QUERY = "{urn:ietf:params:xml:ns:caldav}"


VIEW = {"startDateTime": "2027-03-01T11:00:00Z", "endDateTime": "2027-03-02T11:00:00Z"}


def graphed(subject: str, start: str, end: str = "", **more: Any) -> dict[str, Any]:
    """An event as Graph writes it (v1.0, calendarView)."""
    first = f"{start}T00:00:00.0000000" if len(start) == 10 else f"{start}.0000000"
    last = f"{end}.0000000" if end else "2027-03-02T00:00:00.0000000"
    usual = {"isAllDay": False, "isCancelled": False, "showAs": "busy", "responseStatus": {"response": "organizer"}}
    times = {"start": {"dateTime": first, "timeZone": "UTC"}, "end": {"dateTime": last, "timeZone": "UTC"}}
    return {"id": subject, "subject": subject, **times, **usual, **more}


ELEVEN, TWELVE = "2027-03-01T11:00:00", "2027-03-01T12:00:00"
VALUES = [
    graphed("Möte", ELEVEN, TWELVE),
    graphed("Inställt", ELEVEN, TWELVE, isCancelled=True),
    graphed("Nej tack", ELEVEN, TWELVE, responseStatus={"response": "declined"}),
    graphed("Hemma", ELEVEN, TWELVE, showAs="workingElsewhere"),
]


class Calendars(BaseHTTPRequestHandler):
    """Speaks to whoever logs in as anna; CalDAV only where it is asked as RFC 4791 wants it."""

    def do_GET(self) -> None:
        right = "Basic " + base64.b64encode("anna:hemligt å:".encode()).decode()
        if self.path.startswith("/v1.0/"):
            self._graph()
        elif self.path == "/lost":
            self.send_response(302)
            self.send_header("Location", "/anna.ics")
            self.end_headers()
        elif self.path == "/mute":
            self.connection.close()
        elif self.headers.get("Authorization") != right:
            self._say(401, b"who are you")
        else:
            self._say(200, {"/anna.ics?all=1": ICS, "/page": b"<html>hello</html>"}.get(self.path, b"x" * 3000))

    def do_REPORT(self) -> None:
        if self.path == "/page":
            self._say(200, b"<html>hello</html>")
            return
        asked = ElementTree.fromstring(self.rfile.read(int(self.headers["Content-Length"])))
        span = asked.find(f".//{QUERY}time-range")
        assert span is not None
        rightly = (asked.tag, self.headers["Depth"], span.get("start"), span.get("end"))
        wanted = (f"{QUERY}calendar-query", "1", "20270301T110000Z", "20270302T110000Z")
        self._say(207 if rightly == wanted else 400, MULTISTATUS)

    def do_POST(self) -> None:
        """Microsoft's authority: a token for the application's own secret."""
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        rightly = (form["grant_type"], form["client_id"], form["client_secret"], form["scope"])
        here = f"http://{self.headers['Host']}/.default"
        wanted = (["client_credentials"], ["app"], ["hemligt å:"], [here])
        if self.path != "/directory/oauth2/v2.0/token" or rightly != wanted:
            self._say(401, b'{"error": "invalid_client"}')
        else:
            self._say(200, b'{"token_type": "Bearer", "expires_in": 3599, "access_token": "abc"}')

    def _graph(self) -> None:
        """A mailbox's calendarView, in two pages."""
        asked = {name: each for name, (each,) in parse_qs(urlsplit(self.path).query).items()}
        head = (self.headers["Authorization"], self.headers["Prefer"])
        if head != ("Bearer abc", 'outlook.timezone="UTC"'):
            self._say(401, b"{}")
        elif asked.get("$skip") == "1":
            self._say(
                200, json.dumps({"value": [graphed("Ledig", "2027-03-01", isAllDay=True, showAs="oof")]}).encode()
            )
        elif asked == {**VIEW, "$select": graph.ASKED, "$top": "100"}:
            more = f"http://{self.headers['Host']}/v1.0/users/anna%40acme.example/calendarView?$skip=1"
            self._say(200, json.dumps({"value": VALUES, "@odata.nextLink": more}).encode())
        else:
            self._say(400, b"{}")

    def _say(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Calendars)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    monkeypatch.setattr(sources, "refused", lambda _: None)  # this server is on this machine
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    thread.join()


def read(kind: str, address: str, login: str = "anna") -> list[Event]:
    return kinds.read(kind, Place(address, login, "hemligt å:"), ZONE, NOW, NOW + 86400)


def test_a_published_calendar_and_one_by_caldav(home: str) -> None:
    assert read("ical", f"{home}/anna.ics?all=1") == EVENTS
    assert read("caldav", f"{home}/anna/work/") == EVENTS


@pytest.mark.parametrize(
    ("kind", "path", "login", "error", "why"),
    [
        ("ical", "/anna.ics?all=1", "", Away, "401 Unauthorized"),
        ("ical", "/anna.ics?all=1", "bo", Away, "401 Unauthorized"),
        ("ical", "/lost", "anna", Away, "302: it is elsewhere now; write that address"),
        ("ical", "/mute", "anna", Away, "RemoteDisconnected"),
        ("ical", "/page", "anna", Nonsense, "cannot be understood as a calendar"),
        ("ical", "/much", "anna", Nonsense, "more than"),
        ("caldav", "/page", "anna", Nonsense, "no answer of CalDAV, but html"),
    ],
)
def test_what_is_no_calendar(
    home: str, kind: str, path: str, login: str, error: type[Exception], why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "LARGEST", 2000)
    with pytest.raises(error) as raised:
        read(kind, home + path, login)
    assert why in str(raised.value)
    assert "hemligt" not in str(raised.value)


def test_a_mailbox_in_microsoft_365(home: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(graph, "AUTHORITY", home)
    place = f"{home}/v1.0/users/anna%40acme.example/calendarView"
    assert read("microsoft", place, "directory/app") == [
        *EVENTS,
        Event(NOW, NOW + 3600, "Hemma", "elsewhere"),
        Event(NOW - 12 * 3600, NOW + 12 * 3600, "Ledig", "away"),  # a whole day of the tenant's zone
    ]
    with pytest.raises(Away, match="401"):
        read("microsoft", place, "directory/other")
    monkeypatch.setattr(graph, "PAGES", 1)
    with pytest.raises(Nonsense, match="more than 100 events"):
        read("microsoft", place, "directory/app")


def test_nobody_there() -> None:
    with pytest.raises(Away):
        read("caldav", "http://127.0.0.1:1/")


def test_this_machine_is_not_asked(home: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    with pytest.raises(Away, match=r"127\.0\.0\.1 is no address of a calendar"):
        read("ical", f"{home}/anna.ics?all=1")
