"""What a calendar's text (RFC 5545) says of some time: its events, recurring ones expanded.

Cancelled events are none, nor those that the user has declined. A whole day is one of the tenant's zone, and so is
a time without zone.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import recurring_ical_events
from icalendar import Calendar

from .meaning import Event

SHOWN = {"FREE": "free", "TENTATIVE": "tentative", "BUSY": "busy", "OOF": "away", "WORKINGELSEWHERE": "elsewhere"}
"""Microsoft's own word in an event, which says more than TRANSP."""
DAY = timedelta(days=1)


class Nonsense(Exception):
    """What was read is no calendar; the text says why."""


def read(text: bytes, zone: ZoneInfo, mail: str, since: float, until: float) -> list[Event]:
    """The events that touch the time from `since` to `until`."""
    try:
        calendar = Calendar.from_ical(text)
        if not isinstance(calendar, Calendar):
            raise Nonsense("no calendar, but a part of one")
        # One event that makes no sense costs no other.
        calendar.subcomponents = [each for each in calendar.subcomponents if not each.errors]
        first, last = (datetime.fromtimestamp(each, zone) for each in (since, until))
        # A day more on both sides: another zone's days are not ours.
        found = recurring_ical_events.of(calendar, skip_bad_series=True).between(first - DAY, last + DAY)
        events = [event for each in found for event in _event(each, zone, mail)]
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, OverflowError) as error:
        # The library's words quote what is in the calendar.
        raise Nonsense(f"it cannot be understood as a calendar ({type(error).__name__})") from None
    return [each for each in events if each.end > since and each.start < until]


def _event(each: Any, zone: ZoneInfo, mail: str) -> Iterator[Event]:
    if str(each.get("STATUS", "")).upper() != "CANCELLED" and not _declined(each, mail):
        yield Event(_second(each.start, zone), _second(each.end, zone), str(each.get("SUMMARY", "")), _shows(each))


def _shows(each: Any) -> str:
    if said := SHOWN.get(str(each.get("X-MICROSOFT-CDO-BUSYSTATUS", "")).upper()):
        return said
    if str(each.get("TRANSP", "")).upper() == "TRANSPARENT":
        return "free"
    return "tentative" if str(each.get("STATUS", "")).upper() == "TENTATIVE" else "busy"


def _declined(each: Any, mail: str) -> bool:
    named = each.get("ATTENDEE", [])
    for one in named if isinstance(named, list) else [named]:
        if mail and str(one).lower() == f"mailto:{mail.lower()}":
            return str(one.params.get("PARTSTAT", "")).upper() == "DECLINED"
    return False


def _second(moment: date, zone: ZoneInfo) -> int:
    if not isinstance(moment, datetime):
        moment = datetime.combine(moment, time())
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone)
    return int(moment.timestamp())
