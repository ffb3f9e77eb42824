"""Days and hours as people say them: `Mon–Fri 08:00–12:00`, `2027-12-24`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from itertools import pairwise

from provisioner.core.week import MIDNIGHT

NAMES = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
FEW = 4
"""Stretches of days that are named one by one."""
MOSTLY = 0.8
"""Share of the Mondays … of a time from which on days are told by their weekdays."""
DAY = timedelta(days=1)


def clock(minutes: int) -> str:
    """`08:05` of minutes since midnight."""
    return f"{minutes // 60:02}:{minutes % 60:02}"


def hours(windows: Iterable[tuple[int, int]]) -> str:
    """`08:00–12:00, 13:00–17:00`; nothing for a whole day."""
    found = sorted(windows)
    return "" if found == [(0, MIDNIGHT)] else ", ".join(f"{clock(start)}–{clock(end)}" for start, end in found)


def said(dates: Sequence[date], windows: Iterable[tuple[int, int]], year: Sequence[date]) -> str:
    """Hours of days, which are sorted, in a year that is given whole: `Mon–Fri 08:00–12:00 (252 of 261 days)`."""
    days, whole = _days(dates, year)
    counted = "" if len(dates) == whole else f" ({len(dates)} of {whole} days)"
    return f"{days} {hours(windows)}".rstrip() + counted


def _days(dates: Sequence[date], year: Sequence[date]) -> tuple[str, int]:
    """How the days are called, and how many days are called so."""
    if len(dates) == len(year):
        return "every day", len(year)
    weekdays = sorted({each.weekday() for each in dates})
    inside = [each for each in year if dates[0] <= each <= dates[-1] and each.weekday() in weekdays]
    if len(dates) > FEW and len(dates) >= MOSTLY * len(inside):
        whole = [each for each in year if each.weekday() in weekdays]
        if len(whole) - len(inside) <= 2 * len(weekdays):
            return _weekdays(weekdays), len(whole)
        return f"{_weekdays(weekdays)} {dates[0]}…{dates[-1]}", len(inside)
    found = _stretches(dates)
    told = ", ".join(str(first) if first == last else f"{first}…{last}" for first, last in found[:FEW])
    more = sum((last - first).days + 1 for first, last in found[FEW:])
    return told + (f" and {more} more days" if more else ""), len(dates)


def _weekdays(days: Sequence[int]) -> str:
    """`Mon–Fri`, `Mon, Wed`."""
    if len(days) == 7:
        return "daily"
    runs: list[list[int]] = []
    for each in days:
        if runs and runs[-1][-1] == each - 1:
            runs[-1].append(each)
        else:
            runs.append([each])
    return ", ".join(
        f"{NAMES[run[0]]}–{NAMES[run[-1]]}" if len(run) > 2 else ", ".join(NAMES[each] for each in run) for run in runs
    )


def _stretches(dates: Sequence[date]) -> list[tuple[date, date]]:
    starts = [dates[0], *(later for one, later in pairwise(dates) if later - one > DAY)]
    ends = [*(one for one, later in pairwise(dates) if later - one > DAY), dates[-1]]
    return list(zip(starts, ends, strict=True))
