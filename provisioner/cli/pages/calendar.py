"""A year of a schedule as twelve small tables, which flow with the width of the page and which screen readers read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from provisioner.cli.year import Stretch, special
from provisioner.core.refs import Ref
from provisioner.core.week import days_of
from provisioner.features.schedules.year import Day, Kind
from provisioner.pipeline.reporting import ScheduleYear

if TYPE_CHECKING:
    from .tenant import TenantView

KINDS = {Kind.WEEKLY: "weekly hours", Kind.HOLIDAY: "holiday", Kind.EXCEPTION: "exception"}


@dataclass(frozen=True, slots=True)
class Cell:
    """A day; `number` is 0 for the place of a day of another month."""

    number: int
    classes: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Month:
    name: str
    weeks: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class Drawn:
    name: str
    link: str
    zone: str
    week: tuple[tuple[str, str], ...]
    """Days of the week and their hours, those in a row that are alike together."""
    months: tuple[Month, ...]
    special: tuple[tuple[str, str, str], ...]
    """Days that differ: when, what sort, what holds."""


def drawn(year: ScheduleYear, view: TenantView) -> Drawn:
    say = view.language.say
    months = tuple(_month(number, year.days, view) for number in range(1, 13))
    special_days = tuple(
        (_when(each, view), say(KINDS[each.day.kind]), said(each.day, view)) for each in special(year.days)
    )
    link = view.sources.link(("schedules", year.name))
    return Drawn(year.title or year.name, link, year.zone, tuple(_week(year, view)), months, special_days)


def said(day: Day, view: TenantView) -> str:
    """What holds on a day, in words."""
    say = view.language.say
    facts = [say("open {0}", ", ".join(_plain(each) for each in day.hours)) if day.open else say("closed all day")]
    facts += [", ".join(day.titles)] if day.titles else []
    if day.destination:
        kind, _, name = day.destination.partition(":")
        facts.append(say("callers reach {0}", view.named(Ref(kind, name))[0]))
    facts += [say("clocks change {0}", day.clocks)] if day.clocks else []
    return "; ".join(facts)


def _plain(window: str) -> str:
    return window.replace("-", "–")


def _month(number: int, days: tuple[Day, ...], view: TenantView) -> Month:
    own = [each for each in days if each.date.month == number]
    cells = [Cell(0)] * own[0].date.weekday() + [_cell(each, view) for each in own]
    cells += [Cell(0)] * (-len(cells) % 7)
    weeks = tuple(tuple(cells[at : at + 7]) for at in range(0, len(cells), 7))
    return Month(view.language.months[number - 1], weeks)


def _cell(day: Day, view: TenantView) -> Cell:
    kind = "" if day.kind is Kind.WEEKLY else day.kind.value
    names = [kind, "open" if day.open else "closed", "clocks" if day.clocks else ""]
    return Cell(day.date.day, " ".join(each for each in names if each), f"{day.date}: {said(day, view)}")


def _when(each: Stretch, view: TenantView) -> str:
    first, last = each.first, each.day.date
    return _day(first, view) if first == last else f"{_day(first, view)} – {_day(last, view)}"


def _day(day: date, view: TenantView) -> str:
    return f"{view.language.week[day.weekday()]} {day}"


def _week(year: ScheduleYear, view: TenantView) -> list[tuple[str, str]]:
    """Of the file's weekly hours, whatever day of this year shows them."""
    weekly = view.report.tenant.schedules[year.name].weekly
    names, hours = view.language.week, [""] * 7
    for days, windows in weekly.items():
        for day in days_of(days):
            hours[day] = ", ".join(_plain(str(window)) for window in windows)
    rows: list[tuple[int, int, str]] = []
    for index, told in enumerate(hours):
        if rows and rows[-1][2] == told:
            rows[-1] = (rows[-1][0], index, told)
        else:
            rows.append((index, index, told))
    closed = view.language.say("closed")
    return [
        (names[first] if first == last else f"{names[first]}–{names[last]}", told or closed)
        for first, last, told in rows
    ]
