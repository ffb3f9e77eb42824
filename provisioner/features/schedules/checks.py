"""Findings of schedules alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import pairwise

from provisioner.core.feature import Scope
from provisioner.core.findings import Finding, Rule, Severity, nearest
from provisioner.core.source import Path
from provisioner.core.week import DAYS, MIDNIGHT, Hours, days_of

from . import files, overlaps
from .calendars import YEARS, countries, english_names, names, regions
from .model import Day, ExceptionDay, Holidays, Schedule
from .spans import DateSpan, YearlySpan
from .trace import all_hours

T101 = Rule(
    code="T101",
    title="Schedule that never opens",
    why="Every caller would always be treated as out of hours; only the manual switch could open it.",
    remedy="Write weekly hours, or send the number to the `closed` destination without a schedule.",
    bad="opening: {weekly: {mon-fri: closed}, open: ivr:main, closed: voicemail:info}",
    good='opening: {weekly: {mon-fri: "08:00-17:00"}, open: ivr:main, closed: voicemail:info}',
    source="R4",
)
T102 = Rule(
    code="T102",
    title="Day of the week named twice",
    why="Nobody could say which of the two hours hold on that day.",
    remedy="Name each day once; several windows of a day go into one list.",
    bad='weekly: {mon-fri: "08:00-17:00", fri: "08:00-15:00"}',
    good='weekly: {mon-thu: "08:00-17:00", fri: "08:00-15:00"}',
    source="R4",
)
T103 = Rule(
    code="T103",
    title="Windows of a day overlap",
    why="The schedule is open in both, so one of the four times is not what was meant.",
    remedy="Make one window of them, or correct the times; 08:00-12:00 and 12:00-17:00 do not overlap.",
    bad='mon: ["08:00-12:30", "12:00-17:00"]',
    good='mon: ["08:00-12:30", "13:00-17:00"]',
    severity=Severity.WARNING,
    source="R4",
)
T104 = Rule(
    code="T104",
    title="Day that is neither dated nor recurring, or both",
    why="A day of one year and a day of every year are different things; one must be meant.",
    remedy="Write `date` for once (2026-12-31) or `recurs` for every year (12-24).",
    bad="{closed: yes}",
    good="{recurs: 12-24, closed: yes}",
    source="R4",
)
T105 = Rule(
    code="T105",
    title="Exception that is neither open nor closed, or both",
    why="Callers on that day would be served by a guess.",
    remedy="Write `hours` or `closed: yes`.",
    bad="{date: 2026-12-31}",
    good='{date: 2026-12-31, hours: "08:00-12:00"}',
    source="R4",
)
T107 = Rule(
    code="T107",
    title="Unknown holiday",
    why="The day stays a holiday although the file means to work on it.",
    remedy="Use the name in the country's language or in English.",
    bad="holidays: {country: SE, without: [trettondedagen]}",
    good="holidays: {country: SE, without: [trettondedag jul]}",
    source="R4",
)
T108 = Rule(
    code="T108",
    title="Country or region without a calendar of holidays",
    why="No day would be a holiday there.",
    remedy="Correct the code, or list the days under `with`.",
    bad="holidays: {country: DE, region: Bayern}",
    good="holidays: {country: DE, region: BY}",
    source="R4",
)
T109 = Rule(
    code="T109",
    title="29 February every year",
    why="The day exists in leap years only, and so does the rule.",
    remedy="Write 02-28..02-29 where a day in February is meant in every year.",
    bad="{recurs: 02-29, closed: yes}",
    good="{recurs: 02-28..02-29, closed: yes}",
    severity=Severity.NOTE,
    source="R4",
)
T112 = Rule(
    code="T112",
    title="Window that ends before it starts",
    why="It is taken to go on over midnight, and so is open nearly round the clock.",
    remedy="Correct the times; for a place that never closes write 00:00-24:00.",
    bad='mon-fri: "08:00-07:00"',
    good='mon-fri: "08:00-17:00"',
    severity=Severity.WARNING,
    source="R4",
)
T113 = Rule(
    code="T113",
    title="Schedule that never closes",
    why="Its `closed` destination is reached by the manual switch alone, or not at all.",
    remedy="Send the number to the `open` destination, or correct the hours; with a switch it may be meant.",
    bad='opening: {weekly: {mon-sun: "00:00-24:00"}, open: ivr:main, closed: voicemail:info}',
    good='opening: {weekly: {mon-sun: "06:00-22:00"}, open: ivr:main, closed: voicemail:info}',
    severity=Severity.NOTE,
    source="R4",
)
T114 = Rule(
    code="T114",
    title="Exception in the past",
    why="It decides nothing any more, and hides those that still count among those that do not.",
    remedy="Remove it; the history of the file keeps it.",
    bad="- {date: 2019-12-31, closed: yes}",
    good="- {date: 2029-12-31, closed: yes}",
    severity=Severity.NOTE,
    source="R4",
)
T115 = Rule(
    code="T115",
    title="Holidays are known for few years more",
    why="What is applied holds the holidays up to a fixed year. After it every holiday is an ordinary day.",
    remedy="Update pbx and apply again: newer versions know later years.",
    bad="holidays: {}",
    good="holidays: {}",
    severity=Severity.WARNING,
    source="R4",
)
RULES = (
    T101, T102, T103, T104, T105, overlaps.T106, T107, T108, T109, overlaps.T111, T112, T113, T114, T115, *files.RULES,
)  # fmt: skip

LONGEST = 16 * 60
"""Minutes that a window over midnight may last before it is taken for a slip: no night is longer."""

YEARS_AHEAD = 3
"""For how many years an applied bundle must know holidays."""


def check(schedules: dict[str, Schedule], scope: Scope) -> Iterator[Finding]:
    for name, schedule in schedules.items():
        path: Path = ("schedules", name)
        yield from _opens(name, schedule, scope, path)
        yield from _weekly(schedule, (*path, "weekly"))
        for index, each in enumerate(schedule.exceptions):
            yield from _exception(each, (*path, "exceptions", index))
        yield from overlaps.check(schedule, path)
        yield from files.check(schedule, scope, path)
        yield from _past(schedule, scope.today, path)
        if schedule.holidays:
            yield from _holidays(schedule.holidays, scope.country, (*path, "holidays"))


def _opens(name: str, schedule: Schedule, scope: Scope, path: Path) -> Iterator[Finding]:
    if not any(all_hours(schedule, scope)):
        yield T101.at(
            path, f"{name} has no hour in which it is open", expected="weekly hours such as mon-fri: 08:00-17:00"
        )

    elif not (schedule.holidays or schedule.special_days() or schedule.calendar) and _whole_week(schedule):
        found = f"{name} is open at every hour of every day"
        yield T113.at(path, found, expected="hours in which it is closed", on_key=True)


def _whole_week(schedule: Schedule) -> bool:
    open_days = {day for days, hours in schedule.weekly.items() if _whole_day(hours) for day in days_of(days)}
    return len(open_days) == len(DAYS)


def _whole_day(hours: Hours) -> bool:
    reached = 0
    for window in sorted(hours, key=lambda each: each.start):
        if window.start <= reached:
            reached = max(reached, window.end)
    return reached >= MIDNIGHT


def _past(schedule: Schedule, today: date, path: Path) -> Iterator[Finding]:
    for each in schedule.special_days():
        if isinstance(each.span, DateSpan) and each.span.last < today:
            where = (*path, *each.where, "date")
            yield T114.at(where, f"{each.span} is over", expected="a day that is still to come")
    if schedule.holidays and YEARS[-1] - today.year < YEARS_AHEAD:
        found = f"holidays are known up to {YEARS[-1]}"
        yield T115.at((*path, "holidays"), found, expected=f"at least {YEARS_AHEAD} years ahead", on_key=True)


def _weekly(schedule: Schedule, path: Path) -> Iterator[Finding]:
    named: dict[int, str] = {}
    for days, hours in schedule.weekly.items():
        for day in days_of(days):
            if day in named:
                found = f"{DAYS[day]} is in {named[day]!r} and again in {days!r}"
                yield T102.at((*path, days), found, expected="each day once", on_key=True)
            named[day] = days
        yield from _overlaps(hours, (*path, days))


def _overlaps(hours: Hours, path: Path) -> Iterator[Finding]:
    ordered = sorted(hours, key=lambda window: window.start)
    for each in hours:
        if each.end > MIDNIGHT and each.end - each.start > LONGEST:
            found = f"{each} lasts {(each.end - each.start) // 60} hours, over midnight"
            yield T112.at(path, found, expected="a window that ends after it starts, or a night")
    for one, other in pairwise(ordered):
        if other.start < one.end:
            yield T103.at(path, f"{one} and {other} overlap", expected="windows one after the other")


def _day(day: Day, path: Path) -> Iterator[Finding]:
    if (day.date is None) == (day.recurs is None):
        found = "both date and recurs are given" if day.date else "no day is given"
        yield T104.at(path, found, expected="date: 2026-12-31 or recurs: 12-24")
    elif isinstance(day.recurs, YearlySpan) and day.recurs.first == day.recurs.last == (2, 29):
        yield T109.at((*path, "recurs"), "29 February comes in leap years only", expected="02-28..02-29 for every year")


def _exception(day: ExceptionDay, path: Path) -> Iterator[Finding]:
    yield from _day(day, path)
    if day.closed == bool(day.hours):
        found = "both hours and closed: yes are given" if day.closed else "neither hours nor closed: yes is given"
        yield T105.at(path, found, expected="one of the two")
    yield from _overlaps(day.hours or [], (*path, "hours"))


def _holidays(holidays: Holidays, country: str, path: Path) -> Iterator[Finding]:
    for index, each in enumerate(holidays.with_):
        yield from _day(each, (*path, "with", index))
    yield from _overlaps(holidays.hours, (*path, "hours"))
    country, region = holidays.country or country, holidays.region or ""
    if country not in countries():
        found, near = f"{country} has no calendar of holidays", nearest(country, countries())
        yield T108.at((*path, "country"), found, expected="a country code such as SE", nearest=near)
    elif region and region not in regions(country):
        known = regions(country)
        listed = "one of " + ", ".join(known) if known else f"no region: {country} has one calendar"
        near = nearest(region, known)
        yield T108.at((*path, "region"), f"{country} has no region {region!r}", expected=listed, nearest=near)
    else:
        yield from _names(holidays, country, region, path)


def _names(holidays: Holidays, country: str, region: str, path: Path) -> Iterator[Finding]:
    if not holidays.without:
        return
    known = names(country, region)
    by_case = {name.casefold(): name for name in (*known, *english_names(country, region))}
    for index, name in enumerate(holidays.without):
        if name.casefold() not in by_case:
            near = nearest(name.casefold(), by_case)
            expected = "one of " + ", ".join(sorted(known))
            where = (*path, "without", index)
            yield T107.at(where, f"{country} has no holiday {name!r}", expected=expected, nearest=by_case.get(near, ""))
