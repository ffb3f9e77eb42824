"""A year of a number in letters, one for each sort of day, before beside after; `*` marks days that differ."""

from __future__ import annotations

import string
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from provisioner.cli.year import MONTHS
from provisioner.pipeline import dates
from provisioner.pipeline.comparison import YearOf
from provisioner.pipeline.reach import Day, days_of

LETTERS = string.ascii_lowercase + string.ascii_uppercase
MOST = 31


def lines(year: YearOf, of: int) -> Iterator[str]:
    sorts = sorts_of(year)
    days = days_of(of)
    yield f"{'':<4}{'before':<{MOST}}   {'after':<{MOST}}"
    for month in range(1, 13):
        within = [index for index, day in enumerate(days) if day.month == month]
        before, after = (_letters(side, within, sorts) for side in (year.before, year.after))
        yield f"{MONTHS[month - 1][:3]} {before:<{MOST}}   {after:<{MOST}}"
        if marks := "".join("*" if year.before[index] != year.after[index] else " " for index in within).rstrip():
            yield f"{'':<{MOST + 7}}{marks}"
    for day, letter in sorts.items():
        yield f"{letter}  {said(day)}"


def sorts_of(year: YearOf) -> Mapping[Day, str]:
    """Each sort of day with its letter, in the order in which they come up."""
    distinct = dict.fromkeys((*year.before, *year.after))
    return {day: LETTERS[min(index, len(LETTERS) - 1)] for index, day in enumerate(distinct)}


def said(day: Day) -> str:
    """`00:00–08:00 voicemail:info, 08:00–17:00 ivr:main (…)`."""
    if len(day) == 1:
        return f"all day {day[0][2]}"
    return ", ".join(f"{dates.clock(start)}–{dates.clock(end)} {outcome}" for start, end, outcome in day)


def differing(year: YearOf, of: int) -> list[tuple[date, Day, Day]]:
    """The days that differ, with what they were and are."""
    return [
        (day, one, other) for day, one, other in zip(days_of(of), year.before, year.after, strict=True) if one != other
    ]


def _letters(side: Sequence[Day], within: Sequence[int], sorts: Mapping[Day, str]) -> str:
    return "".join(sorts[side[index]] for index in within)
