"""What a telephone is told of a colleague: a PIDF document (RFC 3863) with a person's activities (RFC 4479, RFC 4480).

The note of the tuple says all of it in words, for telephones that show notes alone: `Lunch, 13:00: at the harbour`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from xml.sax.saxutils import escape, quoteattr
from zoneinfo import ZoneInfo

from .lived import AVAILABLE, Doing

TYPE = "application/pidf+xml"

STANDARD: Mapping[str, str] = {
    "break": "away",
    "busy": "busy",
    "elsewhere": "working",
    "gone": "away",
    "lunch": "lunch",
    "meeting": "meeting",
    "out-of-office": "away",
    "parental-leave": "away",
    "sick": "away",
    "travelling": "travel",
    "vacation": "vacation",
}
"""Activity → the element of RFC 4480 that means it; all others are `other`."""


def document(tenant: Mapping[str, Any], user: str, doing: Doing, now: float) -> str:
    house = tenant["tenant"]
    entity, language = quoteattr(f"sip:{user}@{house['domain']}"), quoteattr(house["language"])
    known = tenant["activities"].get(doing.activity, {"titles": {}, "rings": True})
    back = datetime.fromtimestamp(doing.until, ZoneInfo(house["time_zone"])) if doing.until else None
    note = words(title(known["titles"], house["language"], doing.activity), back, doing.note, now)
    state = "open" if known["rings"] else "closed"
    person = "" if doing.activity == AVAILABLE else _person(doing, back)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<presence xmlns="urn:ietf:params:xml:ns:pidf" xmlns:dm="urn:ietf:params:xml:ns:pidf:data-model"'
        f' xmlns:rpid="urn:ietf:params:xml:ns:pidf:rpid" entity={entity}>\n'
        f'<tuple id="calls"><status><basic>{state}</basic></status>'
        f"<note xml:lang={language}>{escape(note)}</note></tuple>\n{person}</presence>\n"
    )


def _person(doing: Doing, back: datetime | None) -> str:
    until = f" until={quoteattr(back.isoformat())}" if back else ""
    element = STANDARD.get(doing.activity)
    what = f"<rpid:{element}/>" if element else f"<rpid:other>{escape(doing.activity)}</rpid:other>"
    note = f"<dm:note>{escape(doing.note)}</dm:note>" if doing.note else ""
    return f'<dm:person id="person"><rpid:activities{until}>{what}</rpid:activities>{note}</dm:person>\n'


def title(titles: Mapping[str, str], language: str, name: str) -> str:
    """What it is called in a language, or in the first that there is."""
    return titles.get(language) or titles.get(language[:2]) or next(iter(titles.values()), name)


def words(what: str, back: datetime | None, note: str, now: float) -> str:
    if back:
        today = datetime.fromtimestamp(now, back.tzinfo).date() == back.date()
        what = f"{what}, {back:%H:%M}" if today else f"{what}, {back:%Y-%m-%d %H:%M}"
    return f"{what}: {note}" if note else what
