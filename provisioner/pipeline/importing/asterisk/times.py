"""Asterisk's times as hours of a schedule: `09:00-17:00,mon-fri,*,*`.

Asterisk counts the last minute in (`09:00-17:00` still holds at 17:00:59), and each day of the week for itself: in
`22:00-06:00,mon` the small hours are Monday's, not Tuesday's. Both are kept: windows here end a minute later, and those
over midnight are parted.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import groupby
from typing import Any

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
LENGTHS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
WHOLE_DAY = ((0, 1440),)
Minutes = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Times:
    """When a condition holds: hours on days of the week, or on days of the year."""

    weekdays: tuple[str, ...]
    hours: Minutes
    spans: tuple[str, ...] = ()
    """Days of every year, `12-24..12-26`; every day where none is given."""


def parse(parts: list[str]) -> Times | None:
    """Times, days of the week, days of the month, months; None where the language of schedules has no word for it."""
    times, week, month_days, months = [*(each.strip().lower() for each in parts), "*", "*", "*", "*"][:4]
    hours, weekdays = _hours(times), _named(week, DAYS)
    named, days = _named(months, MONTHS), _numbers(month_days)
    if hours is None or weekdays is None or named is None or days is None:
        return None
    if month_days == "*" and months == "*":
        return Times(weekdays, hours)
    if week != "*":
        return None
    spans = [each for name in named for each in _spans(MONTHS.index(name), days)]
    return Times(DAYS, hours, tuple(spans))


def weekly(all_times: list[Times]) -> dict[str, Any]:
    """The weekly hours in which one of the times holds."""
    by_day = {
        day: _joined([each for times in all_times if day in times.weekdays for each in times.hours]) for day in DAYS
    }
    made: dict[str, Any] = {}
    for hours, group in groupby(DAYS, key=lambda day: by_day[day]):
        days = list(group)
        if hours:
            made[days[0] if len(days) == 1 else f"{days[0]}-{days[-1]}"] = written(hours)
    return made


def written(hours: Minutes) -> list[str] | str:
    told = [f"{first // 60:02}:{first % 60:02}-{last // 60:02}:{last % 60:02}" for first, last in hours]
    return told[0] if len(told) == 1 else told


def _hours(text: str) -> Minutes | None:
    if text in ("*", ""):
        return WHOLE_DAY
    found = re.fullmatch(r"(\d{1,2}):(\d\d)(?:-(\d{1,2}):(\d\d))?", text)
    if not found:
        return None
    first = int(found[1]) * 60 + int(found[2])
    last = (int(found[3]) * 60 + int(found[4]) if found[3] else first) + 1
    if first >= 1440 or last > 1440:
        return None
    return ((first, last),) if first < last else _joined([(first, 1440), (0, last)])


def _joined(hours: list[tuple[int, int]]) -> Minutes:
    made: list[tuple[int, int]] = []
    for first, last in sorted(hours):
        if made and first <= made[-1][1]:
            made[-1] = (made[-1][0], max(last, made[-1][1]))
        else:
            made.append((first, last))
    return tuple(made)


def _named(text: str, names: tuple[str, ...]) -> tuple[str, ...] | None:
    if text in ("*", ""):
        return names
    held: set[str] = set()
    for part in text.split("&"):
        first, _, last = part.strip().partition("-")
        if first not in names or (last or first) not in names:
            return None
        start, end = names.index(first), names.index(last or first)
        held.update(names[start : end + 1] if start <= end else (*names[start:], *names[: end + 1]))
    return tuple(each for each in names if each in held)


def _numbers(text: str) -> list[tuple[int, int]] | None:
    """Stretches of days of a month."""
    made = []
    for part in ("1-31" if text in ("*", "") else text).split("&"):
        found = re.fullmatch(r"\s*(\d{1,2})(?:-(\d{1,2}))?\s*", part)
        first, last = (int(found[1]), int(found[2] or found[1])) if found else (0, 0)
        if not 1 <= first <= last <= 31:
            return None
        made.append((first, last))
    return made


def _spans(month: int, days: list[tuple[int, int]]) -> list[str]:
    made = []
    for first, last in days:
        end = min(last, LENGTHS[month])
        if first == end:
            made.append(f"{month + 1:02}-{first:02}")
        elif first < end:
            made.append(f"{month + 1:02}-{first:02}..{month + 1:02}-{end:02}")
    return made
