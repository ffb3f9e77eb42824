"""Exceptions that meet: which of them decides must be clear to whoever reads the file."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from itertools import combinations

from provisioner.core.findings import Finding, Rule, Severity
from provisioner.core.source import Path

from .model import Schedule
from .spans import DateSpan, Span, YearlySpan

T106 = Rule(
    code="T106",
    title="Two exceptions of equal weight for one day",
    why="Dated exceptions go before those that recur and the shorter before the longer; of these two neither does.",
    remedy="Keep one of the two, or make one of them shorter.",
    bad="- {date: 2026-12-31, closed: yes}\n- {date: 2026-12-31, hours: 08:00-12:00}",
    good='- {date: 2026-12-31, hours: "08:00-12:00"}',
    source="R4",
)
T111 = Rule(
    code="T111",
    title="Exceptions that overlap in part",
    why="On the common days the shorter one decides. That is right where it lies within the longer; two that only "
    "meet at their ends, such as two vacations, are rather a wrong date.",
    remedy="Let one end before the other begins, or put the one within the other.",
    bad="- {date: 2026-07-01..2026-07-15, closed: yes}\n- {date: 2026-07-14..2026-08-02, closed: yes}",
    good="- {date: 2026-07-01..2026-07-13, closed: yes}\n- {date: 2026-07-14..2026-08-02, closed: yes}",
    severity=Severity.WARNING,
    source="R4",
)


@cache
def cycle() -> tuple[date, ...]:
    """After 28 years days of the week and of the year meet again as they did."""
    return tuple(date(2024, 1, 1) + timedelta(days=count) for count in range(28 * 365 + 7))


def check(schedule: Schedule, path: Path) -> Iterator[Finding]:
    days = [(each.where, each.span) for each in schedule.special_days()]
    for (_, one), (place, other) in combinations(days, 2):
        if one.rank != other.rank or not _meet(one, other):
            continue
        where = (*path, *place)
        if one.length == other.length:
            yield T106.at(where, f"{other} meets {one} above", expected="one exception for a day")
        elif not _within(one, other):
            yield T111.at(where, f"{other} and {one} above have some days in common", expected="one within the other")


def _meet(one: Span, other: Span) -> bool:
    """Whether some day is in both. Of two spans of a circle or a line one then begins within the other."""
    if isinstance(one, DateSpan) and isinstance(other, DateSpan):
        return one.first <= other.last and other.first <= one.last
    if isinstance(one, YearlySpan) and isinstance(other, YearlySpan):
        return one.holds(other.starts) or other.holds(one.starts)
    return any(one.holds(day) and other.holds(day) for day in cycle())


def _within(one: Span, other: Span) -> bool:
    """Whether the shorter of two spans of one sort lies within the longer."""
    shorter, longer = sorted((one, other), key=lambda span: span.length)
    if isinstance(shorter, DateSpan) and isinstance(longer, DateSpan):
        return longer.holds(shorter.first) and longer.holds(shorter.last)
    return all(longer.holds(day) for day in cycle() if shorter.holds(day))
