"""A year of a schedule, day by day: what holds, why, and on which days the clocks change.

For people to look at; the same rules as `trace` decide, so a day here is what a call of that day meets.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from provisioner.core.feature import Scope
from provisioner.core.source import Path

from . import agenda, trace
from .calendars import calendar
from .model import Holidays, Schedule

MINUTE = timedelta(minutes=1)


class Kind(StrEnum):
    """Which sort of rule decides a day."""

    WEEKLY = "weekly"
    HOLIDAY = "holiday"
    EXCEPTION = "exception"


@dataclass(frozen=True, slots=True)
class Day:
    """One day. `hours` are windows as the file writes them; none is closed all day."""

    date: date
    kind: Kind
    hours: tuple[str, ...]
    titles: tuple[str, ...] = ()
    """What the day is called: names of the holiday, title of the exception."""
    destination: str = ""
    """Where callers go while it is closed, where that is not the schedule's own `closed`."""
    clocks: str = ""
    """`02:00 → 03:00` on a day on which the clocks change."""
    source: Path = ()

    @property
    def open(self) -> bool:
        return bool(self.hours)


def days(name: str, schedule: Schedule, scope: Scope, year: int) -> Iterator[Day]:
    zone = ZoneInfo(schedule.time_zone or scope.time_zone)
    day = date(year, 1, 1)
    while day.year == year:
        rule = trace.day_rule(("schedules", name), schedule, day, scope)
        yield Day(
            day,
            _kind(rule),
            tuple(map(str, rule.windows)),
            tuple(_titles(schedule, rule, day, scope)),
            str(rule.destination) if rule.destination else "",
            _clocks(day, zone),
            rule.source,
        )
        day += timedelta(days=1)


def _kind(rule: trace.DayRule) -> Kind:
    if rule.name == "holiday":
        return Kind.HOLIDAY
    return Kind.EXCEPTION if rule.name.startswith(trace.SPECIAL) else Kind.WEEKLY


def _titles(schedule: Schedule, rule: trace.DayRule, day: date, scope: Scope) -> Iterator[str]:
    if rule.name == "holiday" and schedule.holidays:
        yield from _holiday_names(schedule.holidays, day, scope.country)
    elif _kind(rule) is Kind.EXCEPTION:
        if rule.name.startswith(agenda.LABEL):
            yield agenda.of(schedule, scope)[day].title
        yield from (each.title or str(each.span) for each in schedule.special_days() if each.where == rule.source[2:])


def _holiday_names(holidays: Holidays, day: date, country: str) -> Iterator[str]:
    dropped = {name.casefold() for name in holidays.without}
    found = calendar(holidays.country or country, holidays.region or "").get(day, frozenset())
    yield from sorted(name for name in found if name.casefold() not in dropped)
    for extra in holidays.with_:
        if extra.span and extra.span.holds(day):
            yield extra.title or str(extra.span)


def _clocks(day: date, zone: ZoneInfo) -> str:
    """How the clocks change on a day, by the minute; empty where they do not."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=zone)
    low = midnight.astimezone(UTC) - MINUTE  # the last minute of the old time, in the end
    high = (midnight + timedelta(days=1)).astimezone(UTC) - MINUTE  # the first minute of the new
    before = low.astimezone(zone).utcoffset()
    if high.astimezone(zone).utcoffset() == before:
        return ""
    while high - low > MINUTE:
        middle = low + (high - low) // MINUTE // 2 * MINUTE
        low, high = (middle, high) if middle.astimezone(zone).utcoffset() == before else (low, middle)
    return f"{low.astimezone(zone) + MINUTE:%H:%M} → {high.astimezone(zone):%H:%M}"
