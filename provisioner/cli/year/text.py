"""A year in the terminal: three months side by side, and a list of the days that differ from the week."""

from __future__ import annotations

from collections.abc import Iterator

from rich.text import Text

from provisioner.features.schedules.year import Day, Kind

from . import MONTHS, WEEK, Year, said, special

ABREAST = 3
CELL = 4
LEGEND = "  12  open   12. closed   12h holiday   12x exception, closed   12+ exception, open   12~ clocks change"
STYLES = {"": "green", ".": "dim", "h": "red", "x": "bold yellow", "+": "bold cyan", "~": "bold magenta"}


def lines(year: Year) -> Iterator[Text]:
    yield Text(year.heading, "bold")
    yield Text()
    for start in range(1, 13, ABREAST):
        yield from _row([_month(year, number) for number in range(start, start + ABREAST)])
        yield Text()
    yield Text(LEGEND, "dim")
    yield Text()
    for each in special(year.days):
        yield Text(f"{each.when:<34}", "bold").append(f" {each.day.kind}: {said(each.day)}", "not bold")


def _row(months: list[list[Text]]) -> Iterator[Text]:
    height = max(map(len, months))
    for line in range(height):
        cells = [month[line] if line < len(month) else Text(" " * CELL * 7) for month in months]
        row = Text("   ").join(cells)
        row.rstrip()
        yield row


def _month(year: Year, number: int) -> list[Text]:
    days = year.month(number)
    weeks = [Text(f"{MONTHS[number - 1]:<{CELL * 7}}", "bold"), Text("".join(f" {each} " for each in WEEK), "dim")]
    line = Text(" " * CELL * days[0].date.weekday())
    for day in days:
        mark = _mark(day)
        line.append(f" {day.date.day:>2}{mark or ' '}", STYLES[mark])
        if day.date.weekday() == 6:
            weeks.append(line)
            line = Text()
    if line:
        weeks.append(line)
    for each in weeks:
        each.pad_right(CELL * 7 - len(each))
    return weeks


def _mark(day: Day) -> str:
    if day.clocks:
        return "~"
    if day.kind is Kind.HOLIDAY:
        return "h"
    if day.kind is Kind.EXCEPTION:
        return "+" if day.open else "x"
    return "" if day.open else "."
