"""Events of an iCalendar file (RFC 5545), recurring ones expanded, by the clock of a time zone.

What the library would read in its own way is a mistake here: ends before starts, time zones that nobody knows,
recurrences within a day. Times without a zone are the given zone's, never the machine's. Only the days asked for are
looked at, so equal files give equal events.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from provisioner.core.week import MIDNIGHT, Window

LARGEST = 1_000_000
"""Bytes of a calendar that is read."""

DAY = timedelta(days=1)
TOO_OFTEN = ("HOURLY", "MINUTELY", "SECONDLY")


class NoCalendar(ValueError):
    """The content is no calendar; the text says why, going on from the file's name."""


@dataclass(frozen=True, slots=True)
class Event:
    """Whole days from `first` to `last`, both included, or a time of day on one of them."""

    first: date
    last: date
    title: str
    timed: bool = False
    window: Window | None = None
    """The hours of a timed event; None where it has no length, or that of a day and more."""

    @property
    def when(self) -> str:
        return f"{self.first}" if self.first == self.last else f"{self.first}..{self.last}"


@dataclass(frozen=True, slots=True)
class Contents:
    events: tuple[Event, ...]
    """By their first day."""
    mistakes: tuple[str, ...]
    """What is wrong with single events, in words; those are not among the others."""


def read(content: bytes, zone: str, first: date, last: date) -> Contents:
    """The events that have a day from `first` to `last`. Raises NoCalendar."""
    from icalendar import Calendar
    from icalendar.timezone import tzp

    if len(content) > LARGEST:
        raise NoCalendar(f"is larger than {LARGEST // 1_000_000} MB")
    # The library keeps time zones that a file brings along, by their names: those of one file, and of one tenant, would
    # be another's.
    tzp.use_zoneinfo()
    try:
        calendar = Calendar.from_ical(content)
    except (ValueError, KeyError, IndexError) as error:
        raise NoCalendar(f"is no calendar: {error}") from error
    if not isinstance(calendar, Calendar):
        raise NoCalendar("is no calendar, but a part of one")
    kept, mistakes = [], list[str]()
    for part in calendar.subcomponents:
        wrong = _mistake(part) if part.name == "VEVENT" else ""
        if wrong:
            mistakes.append(f"{_title(part)} {wrong}")
        elif str(part.get("STATUS", "")).upper() != "CANCELLED":
            kept.append(part)
    calendar.subcomponents = kept
    return Contents(tuple(_events(calendar, ZoneInfo(zone), first, last, mistakes)), tuple(sorted(mistakes)))


def _title(part: Any) -> str:
    return " ".join(str(part.get("SUMMARY", "")).split()) or "closed"


def _mistake(part: Any) -> str:
    """What is wrong with an event, going on from its title; empty where nothing is."""
    if part.errors:
        name, why = part.errors[0]
        return f"cannot be read: {name}: {why}"
    start, end = part.get("DTSTART"), part.get("DTEND")
    if start is None:
        return "has no start"
    for each in (start, end):
        named = each.params.get("TZID") if each is not None else None
        if named and getattr(each.dt, "tzinfo", None) is None:
            return f"is in the time zone {named}, which nobody knows"
    if end is not None and (isinstance(end.dt, datetime) is not isinstance(start.dt, datetime) or end.dt < start.dt):
        return f"of {start.dt} ends before it starts"
    often = next((each for each in (part.get("RRULE") or {}).get("FREQ", []) if each in TOO_OFTEN), "")
    return f"recurs within a day ({often})" if often else ""


def _events(calendar: Any, zone: ZoneInfo, first: date, last: date, mistakes: list[str]) -> list[Event]:
    import recurring_ical_events

    try:
        # A day more on both sides: another zone's days are not ours.
        found = recurring_ical_events.of(calendar).between(first - DAY, last + 2 * DAY)
        events = {event for each in found for event in _event(each, zone)}
    except (ValueError, KeyError, IndexError, TypeError, OverflowError) as error:
        mistakes.append(f"some event recurs in a way that cannot be read: {error}")
        return []
    inside = (each for each in events if each.first <= last and each.last >= first)
    return sorted(inside, key=lambda each: (each.first, each.last, each.title, str(each.window)))


def _event(each: Any, zone: ZoneInfo) -> Iterator[Event]:
    start, end, title = each.start, each.end, _title(each)
    if not isinstance(start, datetime):
        yield Event(start, max(start, end - DAY), title)
        return
    begins, ends = (_local(moment, zone) for moment in (start, end))
    if begins.time() == ends.time() == time() and begins < ends:
        yield Event(begins.date(), (ends - DAY).date(), title)
    else:
        yield Event(begins.date(), begins.date(), title, timed=True, window=_window(begins, ends))


def _local(moment: datetime, zone: ZoneInfo) -> datetime:
    """The wall clock of the zone at a moment; one without a zone is the wall clock already."""
    return (moment if moment.tzinfo is None else moment.astimezone(zone)).replace(tzinfo=None)


def _window(begins: datetime, ends: datetime) -> Window | None:
    if not timedelta() < ends - begins < DAY:
        return None
    start, end = (each.hour * 60 + each.minute for each in (begins, ends))
    return Window(start, end if end > start else end + MIDNIGHT) if start != end else None
