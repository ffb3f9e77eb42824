"""A year of a schedule for people and programs: as text, JSON or a picture."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from provisioner.features.schedules.year import Day, Kind

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
WEEK = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")


@dataclass(frozen=True, slots=True)
class Year:
    """What is drawn."""

    tenant: str
    schedule: str
    year: int
    zone: str
    days: tuple[Day, ...]

    @property
    def heading(self) -> str:
        return f"{self.tenant} {self.schedule} {self.year} ({self.zone})"

    def month(self, number: int) -> list[Day]:
        return [each for each in self.days if each.date.month == number]


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days in a row for which the same holds."""

    first: date
    day: Day
    """The last of them."""

    @property
    def when(self) -> str:
        last = self.day.date
        return f"{self.first:%Y-%m-%d %a}" + (f" … {last:%Y-%m-%d %a}" if last != self.first else "")


def special(days: Sequence[Day]) -> Iterator[Stretch]:
    """The days that differ from the week, and those on which the clocks change."""
    stretch: Stretch | None = None
    for day in days:
        if stretch and _same(stretch.day, day):
            stretch = Stretch(stretch.first, day)
            continue
        if stretch:
            yield stretch
        stretch = Stretch(day.date, day) if day.kind is not Kind.WEEKLY or day.clocks else None
    if stretch:
        yield stretch


def _same(one: Day, other: Day) -> bool:
    return replace(one, date=one.date + timedelta(days=1), source=()) == replace(other, source=())


def said(day: Day) -> str:
    """What holds on a day, in words."""
    hours = " ".join(day.hours) if day.open else "closed"
    facts = [", ".join(day.titles), f"callers reach {day.destination}" if day.destination else ""]
    facts.append(f"clocks change {day.clocks}" if day.clocks else "")
    return "; ".join([hours, *(each for each in facts if each)])
