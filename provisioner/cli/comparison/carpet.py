"""The year of a number as SVG: days from left to right, hours from top to bottom, before above after.

Each colour is one outcome; a red stroke between the two marks a day that differs. Equal years give equal bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from html import escape
from itertools import groupby

from provisioner.cli.year import MONTHS
from provisioner.pipeline import dates
from provisioner.pipeline.comparison import YearOf
from provisioner.pipeline.reach import Day, Outcome, days_of

DAY, HOUR = 3, 5
LEFT, TOP, STRIP, LINE = 84, 44, 14, 18
HEIGHT = 24 * HOUR
COLORS = ("#56b4e9", "#e69f00", "#009e73", "#cc79a7", "#f0e442", "#0072b2", "#d55e00", "#8c8cff", "#8fbc8f", "#b08050")
ENDS = "#dcdcdc"
"""Where nobody answers."""
STYLE = (
    "text{font:12px system-ui,sans-serif;fill:#222}.head{font-weight:600;font-size:14px}"
    ".small{font-size:10px;fill:#666}"
)


def draw(year: YearOf, of: int) -> str:
    """The whole picture; `of` is the year."""
    days = days_of(of)
    colors = _colors(year)
    width = LEFT + len(days) * DAY + 16
    after = TOP + HEIGHT + STRIP
    legend = after + HEIGHT + 36
    height = legend + LINE * len(colors)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'role="img" aria-label="{escape(year.number)} in {of}, before and after">',
        f"<style>{STYLE}</style>",
        f'<rect width="{width}" height="{height}" fill="#fff"/>',
        f'<text class="head" x="{LEFT}" y="18">{escape(year.number)} in {of}</text>',
        *_panel("before", year.before, days, TOP, colors),
        *_marks(year, TOP + HEIGHT),
        *_panel("after", year.after, days, after, colors),
        *_months(days, TOP - 6, after + HEIGHT),
    ]
    for index, (outcome, color) in enumerate(colors.items()):
        y = legend + LINE * index
        parts.append(f'<rect x="{LEFT}" y="{y - 11}" width="14" height="14" fill="{color}"/>')
        parts.append(f'<text x="{LEFT + 20}" y="{y}">{escape(str(outcome))}</text>')
    return "\n".join([*parts, "</svg>", ""])


def _colors(year: YearOf) -> Mapping[Outcome, str]:
    outcomes = dict.fromkeys(found for day in dict.fromkeys((*year.before, *year.after)) for _, _, found in day)
    reached = [each for each in outcomes if each.target]
    return {each: COLORS[reached.index(each) % len(COLORS)] if each.target else ENDS for each in outcomes}


def _panel(
    name: str, side: Sequence[Day], days: Sequence[date], top: int, colors: Mapping[Outcome, str]
) -> Iterator[str]:
    """Days in a row that are alike are one rectangle for each stretch."""
    yield f'<text x="8" y="{top + HEIGHT // 2}">{name}</text>'
    for hour in (0, 6, 12, 18, 24):
        yield f'<text class="small" x="{LEFT - 6}" y="{top + hour * HOUR + 3}" text-anchor="end">{hour:02}</text>'
    at = 0
    for day, run in groupby(side):
        count = len(list(run))
        for start, end, outcome in day:
            y, height = start * HOUR / 60, (end - start) * HOUR / 60
            told = (
                f"{days[at]}{f'…{days[at + count - 1]}' if count > 1 else ''} {dates.hours([(start, end)])}: {outcome}"
            )
            yield (
                f'<rect x="{LEFT + at * DAY}" y="{top + y:g}" width="{count * DAY}" height="{height:g}" '
                f'fill="{colors[outcome]}"><title>{escape(told)}</title></rect>'
            )
        at += count


def _marks(year: YearOf, top: int) -> Iterator[str]:
    at = 0
    for differs, run in groupby(one != other for one, other in zip(year.before, year.after, strict=True)):
        count = len(list(run))
        if differs:
            x, width = LEFT + at * DAY, count * DAY
            yield f'<rect x="{x}" y="{top + 4}" width="{width}" height="{STRIP - 8}" fill="#d00000"/>'
        at += count


def _months(days: Sequence[date], top: int, bottom: int) -> Iterator[str]:
    for index, day in enumerate(days):
        if day.day == 1:
            x = LEFT + index * DAY
            yield f'<text class="small" x="{x + 2}" y="{top}">{MONTHS[day.month - 1][:3]}</text>'
            yield f'<line x1="{x}" y1="{top}" x2="{x}" y2="{bottom}" stroke="#fff" stroke-opacity="0.7"/>'
