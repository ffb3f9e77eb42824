"""Is a schedule open at an instant, and which rule says so? And what does a call do there? Offline.

It stays true to the dialplan by a test that asks both the same thousands of questions. Wall clock decides: in the hour
that a change to summer time leaves out nothing opens or closes, and an hour that comes twice counts twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from provisioner.core.feature import Scope
from provisioner.core.refs import Ref
from provisioner.core.source import Path
from provisioner.core.trace import CLOSED, Around, Call, Move, Step, goes, hears
from provisioner.core.week import DAYS, MIDNIGHT, Window, days_of

from . import agenda
from .calendars import calendar, days_off
from .model import Holidays, Schedule, SpecialDays

SPECIAL = ("date_", "recurs_", agenda.LABEL)
"""How the names of rules begin that are neither holidays nor the week's."""
FOUR_YEARS = 4 * 366


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a schedule says at an instant; `source` is the part of the file that decided.

    `rule` is its name as the trail of a live call shows it: `switch`, `date_20261231`, `recurs_1224`, `holiday`, `mon`.
    """

    open: bool
    destination: Ref
    rule: str
    source: Path
    prompt: Ref | None = None
    """What the caller hears first."""


@dataclass(frozen=True, slots=True)
class DayRule:
    """What holds for one day; `name` as in a `Verdict`."""

    name: str
    windows: list[Window]
    source: Path
    destination: Ref | None = None
    prompt: Ref | None = None


def holiday(day: date, holidays: Holidays, country: str) -> bool:
    """Whether a day is a holiday; `country` is the tenant's."""
    if any(span.holds(day) for extra in holidays.with_ if (span := extra.span)):
        return True
    return day in days_off(holidays.country or country, holidays.region or "", frozenset(holidays.without))


def at(name: str, schedule: Schedule, instant: datetime, scope: Scope, switch: str = "auto") -> Verdict:
    """The verdict at an instant (with time zone); `switch` is the manual switch: open, closed or auto."""
    path: Path = ("schedules", name)
    if switch in ("open", "closed"):
        destination = schedule.open if switch == "open" else schedule.closed
        return Verdict(switch == "open", destination, "switch", path)
    local = instant.astimezone(_zone(schedule.time_zone or scope.time_zone))
    minute = local.hour * 60 + local.minute
    yesterday, today = (day_rule(path, schedule, local.date() - timedelta(days=ago), scope) for ago in (1, 0))
    return of_minute(schedule, yesterday, today, minute)


def of_minute(schedule: Schedule, yesterday: DayRule, today: DayRule, minute: int) -> Verdict:
    """The verdict at a minute of a day's wall clock; a window of the day before may reach into it."""
    if _within(yesterday.windows, minute + MIDNIGHT):
        return Verdict(True, schedule.open, yesterday.name, yesterday.source)
    if _within(today.windows, minute):
        return Verdict(True, schedule.open, today.name, today.source)
    return Verdict(False, today.destination or schedule.closed, today.name, today.source, today.prompt)


def find(
    name: str, schedule: Schedule, scope: Scope, *, open: bool, after: datetime, hold: timedelta
) -> datetime | None:
    """The first instant from `after` on, at a full minute, from which the schedule stays open (or closed) for `hold`.

    None where the next four years have no such instant.
    """
    for instant in edges(schedule, scope, after, FOUR_YEARS):
        last = instant + hold
        minutes = range(0, int(hold.total_seconds()) + 1, 60)
        checked = (min(instant + timedelta(seconds=each), last) for each in minutes)
        if all(at(name, schedule, each, scope).open is open for each in checked):
            return instant
    return None


def all_hours(schedule: Schedule, scope: Scope) -> list[list[Window]]:
    """The windows of every rule of the schedule."""
    hours = [*schedule.weekly.values(), *(each.hours or [] for each in schedule.exceptions)]
    if schedule.holidays:
        hours.append(schedule.holidays.hours)
    return [*hours, *(list(each.windows) for each in agenda.of(schedule, scope).values())]


def edges(schedule: Schedule, scope: Scope, after: datetime, days: int) -> Iterator[datetime]:
    """Every instant at which a verdict may change, from `after` on."""
    yield after
    zone = _zone(schedule.time_zone or scope.time_zone)
    windows = {each for hours in all_hours(schedule, scope) for each in hours}
    minutes = {0} | {edge % MIDNIGHT for each in windows for edge in (each.start, each.end)}
    first = after.astimezone(zone).date()
    for offset in range(days):
        for minute in sorted(minutes):
            wall = datetime.combine(first + timedelta(days=offset), time(minute // 60, minute % 60), zone)
            if (instant := wall.astimezone(UTC)) > after:
                yield instant


def day_rule(path: Path, schedule: Schedule, day: date, scope: Scope) -> DayRule:
    """The rule for a day, whatever the manual switch says."""
    if special := _special(schedule.dated(), path, day):
        return special
    if schedule.calendar and (entry := agenda.of(schedule, scope).get(day)):
        return DayRule(entry.label, list(entry.windows), (*path, "calendar"), schedule.calendar.destination)
    if special := _special(schedule.recurring(), path, day):
        return special
    if schedule.holidays and holiday(day, schedule.holidays, scope.country):
        return DayRule("holiday", schedule.holidays.hours, (*path, "holidays"), schedule.holidays.destination)
    for days, windows in schedule.weekly.items():
        if day.weekday() in days_of(days):
            return DayRule(DAYS[day.weekday()], windows, (*path, "weekly", days))
    return DayRule(DAYS[day.weekday()], [], (*path, "weekly"))


def _special(days: list[SpecialDays], path: Path, day: date) -> DayRule | None:
    for each in days:
        if each.span.holds(day):
            return DayRule(each.span.label, each.hours, (*path, *each.where), each.destination, each.prompt)
    return None


def _within(windows: list[Window], minute: int) -> bool:
    return any(each.start <= minute < each.end for each in windows)


_zone = cache(ZoneInfo)


def trace(schedules: dict[str, Schedule], ref: Ref, scope: Scope, call: Call, around: Around) -> Move | None:
    """What a call does at a schedule: it goes on where the rule of the moment says, and remembers what was closed."""
    schedule = schedules.get(ref.name) if ref.kind == "schedule" else None
    if schedule is None:
        return None
    verdict = at(ref.name, schedule, call.at, scope, around.switch(ref.name))
    here = call if verdict.open else call.marked(CLOSED, "yes")
    steps = [Step("is open" if verdict.open else "is closed", verdict.source, _reason(schedule, verdict, call, scope))]
    if verdict.prompt:
        steps.append(hears(call, scope, verdict.prompt, (*verdict.source, "prompt")))
    said = (*verdict.source, "destination")
    usual = ("schedules", ref.name, "open" if verdict.open else "closed")
    own = not verdict.open and verdict.destination != schedule.closed
    return goes(here, steps, verdict.destination, said if own else usual)


def _reason(schedule: Schedule, verdict: Verdict, call: Call, scope: Scope) -> str:
    """Which rule decided, in words, with the moment by the schedule's own clock."""
    if verdict.rule == "switch":
        return "switched by hand"
    local = call.at.astimezone(_zone(schedule.time_zone or scope.time_zone))
    moment = f"{DAYS[local.weekday()].capitalize()} {local:%Y-%m-%d %H:%M}"
    if verdict.rule == "holiday" and schedule.holidays:
        country, region = schedule.holidays.country or scope.country, schedule.holidays.region or ""
        names = sorted(calendar(country, region).get(local.date(), ()))
        return f"{moment}: holiday" + (f", {', '.join(names)}" if names else "")
    for each in schedule.special_days():
        if each.where == verdict.source[2:]:
            return f"{moment}: {each.title or each.span}"
    if verdict.rule.startswith(agenda.LABEL):
        return f"{moment}: a day of the calendar file"
    return f"{moment}: weekly hours"
