"""What the calendar file of a schedule says for each day: closed, or open in some hours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from provisioner.core.feature import Scope
from provisioner.core.week import Window

from . import ics
from .calendars import YEARS
from .model import Schedule

FIRST, LAST = date(YEARS[0], 1, 1), date(YEARS[-1], 12, 31)
"""The days that are rendered; a calendar that goes on for ever ends with the holidays that are known."""

LABEL = "calendar_"
"""How the rules of a calendar begin in the dialplan and in the trail of a call; `calendar_0` is closed."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One day. Without windows it is closed."""

    label: str
    title: str
    windows: tuple[Window, ...] = ()


def of(schedule: Schedule, scope: Scope) -> Mapping[date, Entry]:
    """The days of the schedule's calendar; none where it has no calendar, or one that cannot be read."""
    named = schedule.calendar
    content = scope.calendars.get(named.file) if named else None
    if named is None or content is None:
        return {}
    try:
        return _days(content, schedule.time_zone or scope.time_zone, named.hours)
    except ics.NoCalendar:
        return {}


@cache
def contents(content: bytes, zone: str) -> ics.Contents:
    """All that the file says of the days that are rendered. Raises ics.NoCalendar."""
    return ics.read(content, zone, FIRST, LAST)


@cache
def _days(content: bytes, zone: str, hours: bool) -> Mapping[date, Entry]:
    events = contents(content, zone).events
    closed: dict[date, str] = {}
    for each in events:
        if not each.timed:
            first, last = max(each.first, FIRST), min(each.last, LAST)
            for ahead in range((last - first).days + 1):
                closed.setdefault(first + timedelta(days=ahead), each.title)
    opening: dict[date, list[tuple[Window, str]]] = {}
    for each in events:
        if hours and each.window:
            opening.setdefault(each.first, []).append((each.window, each.title))
    windows = {day: tuple(sorted({window for window, _ in found}, key=str)) for day, found in opening.items()}
    labels = {found: f"{LABEL}{index}" for index, found in enumerate(sorted(set(windows.values()), key=str), start=1)}
    entries = {day: Entry(f"{LABEL}0", title) for day, title in closed.items()}
    entries |= {day: Entry(labels[found], opening[day][0][1], found) for day, found in windows.items()}
    return dict(sorted(entries.items()))
