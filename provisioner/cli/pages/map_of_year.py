"""A year of a number as a picture: days from left to right, hours from top to bottom, a colour for each outcome.

The colours are classes, which the page's style sheet gives for light and dark: `c0` … where people are reached, `q0` …
where callers come to a mailbox or a message alone, `none` where the call ends.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from html import escape
from itertools import groupby

from markupsafe import Markup

from provisioner.pipeline import dates
from provisioner.pipeline.reach import Day, Days, Outcome, days_of
from provisioner.pipeline.reporting import TenantReport

from .words import Language

DAY, HOUR, LEFT, TOP = 2, 5, 30, 18
COLORS, QUIET = 8, 3
Told = Callable[[str, str, tuple[str, ...], tuple[str, ...]], str]


@dataclass(frozen=True, slots=True)
class Map:
    numbers: tuple[str, ...]
    """That share it."""
    picture: Markup
    legend: tuple[tuple[str, str], ...]
    """Class and words of each outcome."""


def maps(report: TenantReport, language: Language, told: Told) -> Iterator[Map]:
    """One for each course of a year that the clock or the date decides, in the order of the numbers."""
    shared: dict[Days, list[str]] = {}
    for number, days in report.reach.items():
        if any(each != days[0] for each in days) or len(days[0]) > 1:
            shared.setdefault(days, []).append(number)
    for days, numbers in shared.items():
        words = {each: told(each.target, each.said, each.rings, each.behind) for each in _outcomes(days)}
        classes = _classes(days)
        name = language.say(
            "{0} in {1}, day by day from left to right and hour by hour from top to bottom",
            ", ".join(numbers),
            report.year,
        )
        parts = "\n".join(_parts(days, report.year, language, classes, words, name))
        legend = tuple((classes[each], said) for each, said in words.items())
        yield Map(tuple(numbers), Markup(parts), legend)  # all words in it are escaped


def _outcomes(days: Days) -> list[Outcome]:
    return list(dict.fromkeys(outcome for day in dict.fromkeys(days) for _, _, outcome in day))


def _classes(days: Days) -> Mapping[Outcome, str]:
    found = _outcomes(days)
    people = [each for each in found if each.users]
    quiet = [each for each in found if each.target and not each.users]
    return (
        dict.fromkeys(found, "none")
        | {each: f"c{at % COLORS}" for at, each in enumerate(people)}
        | {each: f"q{at % QUIET}" for at, each in enumerate(quiet)}
    )


def _parts(
    days: Days, year: int, language: Language, classes: Mapping[Outcome, str], words: Mapping[Outcome, str], name: str
) -> Iterator[str]:
    width, height = LEFT + len(days) * DAY + 2, TOP + 24 * HOUR + 8
    shape = f'viewBox="0 0 {width} {height}" shape-rendering="crispEdges"'
    yield f'<svg class="map" {shape} role="img" aria-label="{escape(name)}">'
    at = 0
    for day, run in groupby(days):
        count = len(list(run))
        yield from _column(day, at, count, year, classes, words)
        at += count
    for hour in (0, 6, 12, 18, 24):
        y = TOP + hour * HOUR
        yield f'<text x="{LEFT - 5}" y="{y + 3}" text-anchor="end">{hour:02}</text>'
        yield f'<line x1="{LEFT}" y1="{y}" x2="{width - 2}" y2="{y}"/>'
    for index, each in enumerate(days_of(year)):
        if each.day == 1:
            x = LEFT + index * DAY
            yield f'<text x="{x + 3}" y="{TOP - 6}">{escape(language.months[each.month - 1][:3])}</text>'
            yield f'<line x1="{x}" y1="{TOP - 14}" x2="{x}" y2="{height - 8}"/>'
    yield "</svg>"


def _column(
    day: Day, at: int, count: int, year: int, classes: Mapping[Outcome, str], words: Mapping[Outcome, str]
) -> Iterator[str]:
    """Days in a row that are alike."""
    all_days = days_of(year)
    first, last = all_days[at], all_days[at + count - 1]
    when = f"{first}" if first == last else f"{first} – {last}"
    for start, end, outcome in day:
        told = f"{when} {dates.clock(start)}–{dates.clock(end)}: {words[outcome]}"
        yield (
            f'<rect class="{classes[outcome]}" x="{LEFT + at * DAY}" y="{TOP + start * HOUR / 60:g}" '
            f'width="{count * DAY}" height="{(end - start) * HOUR / 60:g}"><title>{escape(told)}</title></rect>'
        )
