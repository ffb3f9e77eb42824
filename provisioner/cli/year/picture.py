"""A year as SVG: twelve months, each day a square that tells by its title what holds. Equal years give equal bytes."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from provisioner.features.schedules.year import Day, Kind

from . import MONTHS, WEEK, Year, said, special

CELL, GAP, ABREAST = 26, 3, 4
WIDTH, HEIGHT = 7 * (CELL + GAP) + 24, 8 * (CELL + GAP) + 24
TOP, LINE = 56, 18

STYLE = """
text{font:12px system-ui,sans-serif;fill:#222}.title{font-size:20px;font-weight:600}.month{font-weight:600}
.week{fill:#777;font-size:10px}.day{stroke:none}.open{fill:#cdebd0}.closed{fill:#ececec}.holiday{fill:#f6c6c2}
.exception{fill:#f8e2a0}.holiday.open,.exception.open{stroke:#2e8b57;stroke-width:2}.clocks{stroke:#8a2be2;stroke-width:2}
"""


def draw(year: Year) -> str:
    notes = list(special(year.days))
    legend = TOP + HEIGHT * (12 // ABREAST)
    height = legend + LINE * (len(notes) + 3)
    width = WIDTH * ABREAST + 24
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">',
        f"<style>{STYLE}</style>",
        f'<rect width="{width}" height="{height}" fill="#fff"/>',
        _text(24, 34, year.heading, "title"),
    ]
    for number in range(1, 13):
        row, column = divmod(number - 1, ABREAST)
        parts += _month(year, number, 24 + column * WIDTH, TOP + row * HEIGHT)
    parts += _legend(24, legend)
    for index, each in enumerate(notes):
        parts.append(_text(24, legend + LINE * (index + 2), f"{each.when}  {each.day.kind}: {said(each.day)}"))
    return "\n".join([*parts, "</svg>", ""])


def _month(year: Year, number: int, left: int, top: int) -> Iterator[str]:
    yield _text(left, top + 12, MONTHS[number - 1], "month")
    for index, name in enumerate(WEEK):
        yield _text(left + index * (CELL + GAP) + 6, top + 28, name, "week")
    days = year.month(number)
    first = days[0].date.weekday()
    for day in days:
        week, weekday = divmod(day.date.day - 1 + first, 7)
        yield _square(day, left + weekday * (CELL + GAP), top + 34 + week * (CELL + GAP))


def _square(day: Day, x: int, y: int) -> str:
    title = escape(f"{day.date:%Y-%m-%d %A}: {said(day)}")
    shape = f'class="{_classes(day)}" x="{x}" y="{y}" width="{CELL}" height="{CELL}" rx="4"'
    return (
        f"<g><title>{title}</title><rect {shape}/>"
        f'<text x="{x + CELL // 2}" y="{y + 17}" text-anchor="middle">{day.date.day}</text></g>'
    )


def _classes(day: Day) -> str:
    names = ["day", "" if day.kind is Kind.WEEKLY else day.kind.value, "open" if day.open else "closed"]
    return " ".join(each for each in [*names, "clocks" if day.clocks else ""] if each)


def _legend(left: int, top: int) -> Iterator[str]:
    told = (
        ("open", "open"), ("closed", "closed"), ("holiday", "holiday"), ("exception", "exception"),
        ("exception open", "green edge: open on that day"), ("closed clocks", "violet edge: clocks change"),
    )  # fmt: skip
    x = left
    for classes, words in told:
        yield f'<rect class="day {classes}" x="{x}" y="{top - 11}" width="14" height="14" rx="3"/>'
        yield _text(x + 20, top, words)
        x += 20 + 8 * len(words) + 16


def _text(x: int, y: int, words: str, kind: str = "") -> str:
    return f'<text x="{x}" y="{y}"' + (f' class="{kind}"' if kind else "") + f">{escape(words)}</text>"
