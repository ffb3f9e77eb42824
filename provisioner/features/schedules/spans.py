"""The forms of days and hours that a schedule is written with: windows, days of one year, days of every year.

Each is one text in the file and one value here, which knows the days that it holds and its name in the dialplan.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from provisioner.core.findings import nearest
from provisioner.core.week import DAYS, Parsed

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
LAST = -1
"""The last of a month, counted from its end."""


@dataclass(frozen=True, slots=True)
class DateSpan(Parsed):
    """A day or several, each once: `2026-12-31` or `2026-07-06..2026-07-31`, both ends included."""

    first: date
    last: date

    EXPECTED = "a day such as 2026-12-31, or days such as 2026-07-06..2026-07-31"
    PATTERN = r"^\d{4}-\d\d-\d\d(\.\.\d{4}-\d\d-\d\d)?$"

    def __str__(self) -> str:
        return f"{self.first}" if self.first == self.last else f"{self.first}..{self.last}"

    @property
    def label(self) -> str:
        """The name of the rule in the dialplan and in the trail of a call."""
        return f"date_{str(self).replace('-', '').replace('..', '_')}"

    @property
    def rank(self) -> int:
        """Which sort of exception decides where several hold a day: the lowest."""
        return 0

    @property
    def length(self) -> int:
        return (self.last - self.first).days + 1

    def holds(self, day: date) -> bool:
        return self.first <= day <= self.last

    @classmethod
    def parse(cls, value: object) -> DateSpan:
        if isinstance(value, DateSpan):
            return value
        if not isinstance(value, str) or not re.fullmatch(cls.PATTERN, value):
            raise cls.wrong(value, "is no date")
        first, _, last = value.partition("..")
        try:
            span = cls(date.fromisoformat(first), date.fromisoformat(last or first))
        except ValueError:
            raise cls.wrong(value, "names a day that no calendar has") from None
        if span.last < span.first:
            raise cls.wrong(value, "ends before it begins")
        return span


@dataclass(frozen=True, slots=True)
class YearlySpan(Parsed):
    """A day or several, every year: `12-24` or `12-24..01-02`, both ends included; may go over New Year.

    `02-29` is the 29th of February, which other years than leap years do not have.
    """

    first: tuple[int, int]
    last: tuple[int, int]

    EXPECTED = "month and day such as 12-24, or days such as 12-24..01-02"
    PATTERN = r"^\d\d-\d\d(\.\.\d\d-\d\d)?$"

    def __str__(self) -> str:
        return _month_day(self.first) + (f"..{_month_day(self.last)}" if self.first != self.last else "")

    @property
    def label(self) -> str:
        """The name of the rule in the dialplan and in the trail of a call."""
        return f"recurs_{str(self).replace('-', '').replace('..', '_')}"

    @property
    def rank(self) -> int:
        return 1

    @property
    def length(self) -> int:
        """Counted in a leap year."""
        first, last = date(2024, *self.first), date(2024, *self.last)
        return (last - first).days % 366 + 1

    @property
    def starts(self) -> date:
        """The first day in a leap year."""
        return date(2024, *self.first)

    def holds(self, day: date) -> bool:
        at = (day.month, day.day)
        if self.first <= self.last:
            return self.first <= at <= self.last
        return at >= self.first or at <= self.last

    @classmethod
    def parse(cls, value: object) -> YearlySpan:
        if isinstance(value, YearlySpan):
            return value
        if not isinstance(value, str) or not re.fullmatch(cls.PATTERN, value):
            raise cls.wrong(value, "is no day of the year")
        first, _, last = value.partition("..")
        try:
            ends = [date.fromisoformat(f"2024-{each}") for each in (first, last or first)]
        except ValueError:
            raise cls.wrong(value, "names a day that no calendar has") from None
        return cls((ends[0].month, ends[0].day), (ends[1].month, ends[1].day))


@dataclass(frozen=True, slots=True)
class NthWeekday(Parsed):
    """One day of a month, every month or in one month of every year: `last fri`, `2nd tue`, `4th thu nov`."""

    nth: int
    """1 to 5, or LAST."""
    weekday: int
    """Monday is 0."""
    month: int = 0
    """0 is every month."""

    EXPECTED = "a day of the month such as last fri, or of the year such as 4th thu nov"
    PATTERN = r"^(1st|2nd|3rd|4th|5th|last) (mon|tue|wed|thu|fri|sat|sun)( [a-z]{3})?$"

    def __str__(self) -> str:
        return " ".join((_NTH[self.nth], DAYS[self.weekday], *([MONTHS[self.month - 1]] if self.month else [])))

    @property
    def label(self) -> str:
        """The name of the rule in the dialplan and in the trail of a call."""
        return f"recurs_{str(self).replace(' ', '_')}"

    @property
    def rank(self) -> int:
        return 2 if self.month else 3

    @property
    def length(self) -> int:
        return 1

    def holds(self, day: date) -> bool:
        if day.weekday() != self.weekday or self.month not in (0, day.month):
            return False
        if self.nth == LAST:
            return (day + timedelta(days=7)).month != day.month
        return (day.day - 1) // 7 + 1 == self.nth

    @classmethod
    def parse(cls, value: object) -> NthWeekday:
        words = value.split() if isinstance(value, str) else []
        if len(words) not in (2, 3) or words[0] not in _NTH.values():
            raise cls.wrong(value, "is no day of a month")
        for word, known in zip(words[1:], (DAYS, MONTHS), strict=False):
            if word not in known:
                why = "names a day or month that is not there"
                near = nearest(word, known)
                raise PydanticCustomError(
                    "schedule_form",
                    "{found} {why}",
                    {"found": repr(value), "why": why, "expected": cls.EXPECTED, "nearest": near},
                )
        nth = next(number for number, name in _NTH.items() if name == words[0])
        return cls(nth, DAYS.index(words[1]), MONTHS.index(words[2]) + 1 if len(words) == 3 else 0)


_NTH = {1: "1st", 2: "2nd", 3: "3rd", 4: "4th", 5: "5th", LAST: "last"}

Recurring = YearlySpan | NthWeekday
Span = DateSpan | YearlySpan | NthWeekday


class _RecursSchema:
    """Reads either form of a recurring day, told apart by its first letter."""

    EXPECTED = f"{YearlySpan.EXPECTED}, or {NthWeekday.EXPECTED}"

    def parse(self, value: object) -> Recurring:
        if isinstance(value, YearlySpan | NthWeekday):
            return value
        if isinstance(value, str) and " " in value.strip():
            return NthWeekday.parse(value)
        if isinstance(value, str) and re.match(r"\d", value):
            return YearlySpan.parse(value)
        raise YearlySpan.wrong(value, "is no day that recurs", self.EXPECTED)

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            self.parse, serialization=core_schema.to_string_ser_schema()
        )

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        patterns = f"{YearlySpan.PATTERN}|{NthWeekday.PATTERN}"
        return {"type": "string", "pattern": patterns, "description": self.EXPECTED}


Recurs = Annotated[Recurring, _RecursSchema()]
"""Every year `12-24` or `12-24..01-02`, every month `last fri`, or one such day a year, `4th thu nov`."""


def _month_day(at: tuple[int, int]) -> str:
    return f"{at[0]:02}-{at[1]:02}"
