"""Findings of schedules alone."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, pairwise

from provisioner.core.feature import Scope
from provisioner.core.findings import Finding, Rule, Severity, nearest
from provisioner.core.source import Path

from .calendars import countries, english_names, names, regions
from .model import DAYS, DateSpan, Day, ExceptionDay, Holidays, Hours, Schedule, YearlySpan, days_of

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
    title="Day that is neither dated nor yearly, or both",
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
T106 = Rule(
    code="T106",
    title="Two exceptions of equal weight for one day",
    why="Dated exceptions go before yearly ones and the shorter before the longer; of these two neither does.",
    remedy="Keep one of the two, or make one of them shorter.",
    bad="- {date: 2026-12-31, closed: yes}\n- {date: 2026-12-31, hours: 08:00-12:00}",
    good='- {date: 2026-12-31, hours: "08:00-12:00"}',
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
T110 = Rule(
    code="T110",
    title="Code of a switch that is taken",
    why="Who dials it would switch something else, or listen to a mailbox.",
    remedy="Choose another code.",
    bad="opening: {switch: '*28'}\nsupport: {switch: '*28'}",
    good="opening: {switch: '*28'}\nsupport: {switch: '*29'}",
    source="R4",
)
RULES = (T101, T102, T103, T104, T105, T106, T107, T108, T109, T110)


LISTENING = "*98"
"""Begins the codes by which users listen to mailboxes."""


def check(schedules: dict[str, Schedule], scope: Scope) -> Iterator[Finding]:
    yield from _switches(schedules)
    for name, schedule in schedules.items():
        path: Path = ("schedules", name)
        yield from _opens(name, schedule, path)
        yield from _weekly(schedule, (*path, "weekly"))
        for index, each in enumerate(schedule.exceptions):
            yield from _exception(each, (*path, "exceptions", index))
        yield from _equal_weight(schedule, path)
        if schedule.holidays:
            yield from _holidays(schedule.holidays, scope.country, (*path, "holidays"))


def _switches(schedules: dict[str, Schedule]) -> Iterator[Finding]:
    taken: dict[str, str] = {}
    for name, schedule in schedules.items():
        if (code := schedule.switch) is None:
            continue
        path = ("schedules", name, "switch")
        if code.startswith(LISTENING):
            yield T110.at(path, f"{code} begins the codes that listen to mailboxes", expected="another code")
        # *28 with its digit is *281: the same as the code of a schedule with three digits.
        for other, owner in taken.items():
            if code == other or code[:-1] == other or other[:-1] == code:
                yield T110.at(path, f"{code} meets {other}, the code of {owner}", expected="another code")
        taken.setdefault(code, name)


def _opens(name: str, schedule: Schedule, path: Path) -> Iterator[Finding]:
    holiday_hours = [schedule.holidays.hours] if schedule.holidays else []
    if not any([*schedule.weekly.values(), *holiday_hours, *(each.hours for each in schedule.exceptions)]):
        yield T101.at(
            path, f"{name} has no hour in which it is open", expected="weekly hours such as mon-fri: 08:00-17:00"
        )


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
    for one, other in pairwise(ordered):
        if other.start < one.end:
            yield T103.at(path, f"{one} and {other} overlap", expected="windows one after the other")


def _day(day: Day, path: Path) -> Iterator[Finding]:
    if (day.date is None) == (day.recurs is None):
        found = "both date and recurs are given" if day.date else "no day is given"
        yield T104.at(path, found, expected="date: 2026-12-31 or recurs: 12-24")
    elif day.recurs and day.recurs.first == day.recurs.last == (2, 29):
        yield T109.at((*path, "recurs"), "29 February comes in leap years only", expected="02-28..02-29 for every year")


def _exception(day: ExceptionDay, path: Path) -> Iterator[Finding]:
    yield from _day(day, path)
    if day.closed == bool(day.hours):
        found = "both hours and closed: yes are given" if day.closed else "neither hours nor closed: yes is given"
        yield T105.at(path, found, expected="one of the two")
    yield from _overlaps(day.hours or [], (*path, "hours"))


def _equal_weight(schedule: Schedule, path: Path) -> Iterator[Finding]:
    for (_, one), (index, other) in combinations(enumerate(schedule.exceptions), 2):
        for mine, theirs in ((one.date, other.date), (one.recurs, other.recurs)):
            if mine and theirs and mine.length == theirs.length and _meet(mine, theirs):
                where = (*path, "exceptions", index)
                yield T106.at(where, f"{theirs} meets {mine} above", expected="one exception for a day")


def _meet(one: DateSpan | YearlySpan, other: DateSpan | YearlySpan) -> bool:
    """Whether some day is in both. Of two spans of a circle or a line one then begins within the other."""
    if isinstance(one, DateSpan) and isinstance(other, DateSpan):
        return one.first <= other.last and other.first <= one.last
    if isinstance(one, YearlySpan) and isinstance(other, YearlySpan):
        return one.holds(other.starts) or other.holds(one.starts)
    return False


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
