"""The kinds of calendars behind one port: each asks its server and gives events.

One request, no redirection, nothing of this machine or its link, and no more bytes than `LARGEST`.
"""

from __future__ import annotations

import base64
import ipaddress
import ssl
import xml.etree.ElementTree as ElementTree
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Protocol
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from . import ical
from .ical import Nonsense
from .meaning import Event

LARGEST = 10_000_000
"""Bytes of an answer."""
SECONDS = 15
"""For each step of a request; how long all of it may take is the reader's matter."""


class Away(Exception):
    """The server did not give the calendar; the text says why."""


@dataclass(frozen=True)
class Place:
    """Where a calendar is, and who asks."""

    address: str
    login: str = ""
    password: str = ""
    mail: str = ""


class Source(Protocol):
    """A kind of calendar."""

    def __call__(self, place: Place, zone: ZoneInfo, since: float, until: float) -> list[Event]:
        """The events that touch that time. Raises Away or Nonsense."""
        ...


def fetch(place: Place, method: str = "GET", body: bytes = b"", headers: Mapping[str, str] | None = None) -> bytes:
    parts = urlsplit(place.address)
    given = {"User-Agent": "pbx-calendars", "Accept-Encoding": "identity", **(headers or {})}
    if place.login:
        given["Authorization"] = "Basic " + base64.b64encode(f"{place.login}:{place.password}".encode()).decode()
    link: HTTPConnection
    if parts.scheme == "https":
        link = HTTPSConnection(parts.hostname or "", parts.port, timeout=SECONDS, context=ssl.create_default_context())
    else:
        link = HTTPConnection(parts.hostname or "", parts.port, timeout=SECONDS)
    try:
        link.connect()
        refused(link.sock.getpeername()[0])
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        link.request(method, target, body or None, given)
        answer = link.getresponse()
        if 300 <= answer.status < 400:
            raise Away(f"{answer.status}: it is elsewhere now; write that address")
        if answer.status not in (200, 207):
            raise Away(f"{answer.status} {answer.reason}"[:100])
        text = answer.read(LARGEST + 1)
    except OSError as error:
        raise Away(f"{type(error).__name__}: {error}"[:200]) from None
    except (HTTPException, ValueError) as error:
        # The text may quote an address that is a secret.
        raise Away(f"no HTTP that can be understood ({type(error).__name__})") from None
    finally:
        link.close()
    if len(text) > LARGEST:
        raise Nonsense(f"more than {LARGEST // 1_000_000} MB")
    return text


def refused(address: str) -> None:
    """A calendar is never on this machine, nor at an address that only its own link knows."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if found.is_loopback or found.is_link_local or found.is_unspecified:
        raise Away(f"{found} is no address of a calendar")


def published(place: Place, zone: ZoneInfo, since: float, until: float) -> list[Event]:
    """A calendar that is published as a file."""
    return ical.read(fetch(place, headers={"Accept": "text/calendar"}), zone, place.mail, since, until)


QUERY = """\
<?xml version="1.0" encoding="utf-8"?>
<C:calendar-query xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav">
<D:prop><C:calendar-data/></D:prop>
<C:filter><C:comp-filter name="VCALENDAR"><C:comp-filter name="VEVENT">
<C:time-range start="{start}" end="{end}"/>
</C:comp-filter></C:comp-filter></C:filter>
</C:calendar-query>
"""
DATA = "{urn:ietf:params:xml:ns:caldav}calendar-data"


def caldav(place: Place, zone: ZoneInfo, since: float, until: float) -> list[Event]:
    """A calendar by CalDAV: one calendar-query (RFC 4791 7.8). Recurrences are expanded here: few servers do it
    rightly."""
    start, end = (datetime.fromtimestamp(each, ZoneInfo("UTC")).strftime("%Y%m%dT%H%M%SZ") for each in (since, until))
    asked = {"Depth": "1", "Content-Type": "application/xml; charset=utf-8"}
    answer = fetch(place, "REPORT", QUERY.format(start=start, end=end).encode(), asked)
    try:
        root = ElementTree.fromstring(answer)
    except ElementTree.ParseError as error:
        raise Nonsense(f"no answer of CalDAV ({error})"[:200]) from None
    if root.tag != "{DAV:}multistatus":
        raise Nonsense(f"no answer of CalDAV, but {root.tag}"[:200])
    texts = [each.text.encode() for each in root.iter(DATA) if each.text]
    return [event for text in texts for event in ical.read(text, zone, place.mail, since, until)]
