"""What a tenant file says of a schedule, and the forms of days and hours that it uses."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, GetCoreSchemaHandler, GetJsonSchemaHandler, WithJsonSchema
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from provisioner.core.findings import nearest
from provisioner.core.model import Country, Model, Text, TimeZone
from provisioner.core.refs import Destination

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MIDNIGHT = 24 * 60


class _Parsed:
    """A value that is written as one text; subclasses say how it is read."""

    EXPECTED = ""
    PATTERN = ""

    @classmethod
    def parse(cls, value: object) -> Any:
        raise NotImplementedError

    @classmethod
    def wrong(cls, value: object, why: str) -> PydanticCustomError:
        return PydanticCustomError(
            "schedule_form", "{found} {why}", {"found": repr(value), "why": why, "expected": cls.EXPECTED}
        )

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(cls.parse, serialization=core_schema.to_string_ser_schema())

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"type": "string", "pattern": cls.PATTERN, "description": cls.EXPECTED}


@dataclass(frozen=True, slots=True)
class Window(_Parsed):
    """Half-open: open from `start` on, no longer open at `end`; both in minutes of wall clock since midnight of the
    day it starts. `end` beyond MIDNIGHT means that the window goes on into the next day."""

    start: int
    end: int

    EXPECTED = "a window such as 08:00-17:00; 24:00 ends a day, 22:00-02:00 goes over midnight"
    PATTERN = r"^\d{1,2}:\d\d-\d{1,2}:\d\d$"

    def __str__(self) -> str:
        return f"{_clock(self.start)}-{_clock(self.end if self.end <= MIDNIGHT else self.end - MIDNIGHT)}"

    @classmethod
    def parse(cls, value: object) -> Window:
        if isinstance(value, Window):
            return value
        match = isinstance(value, str) and re.fullmatch(r"(\d{1,2}):(\d\d)\s*[-–]\s*(\d{1,2}):(\d\d)", value)
        if not match:
            raise cls.wrong(value, "is no window")
        first, first_minute, last, last_minute = map(int, match.groups())
        start, end = first * 60 + first_minute, last * 60 + last_minute
        if first_minute > 59 or last_minute > 59 or start >= MIDNIGHT or end > MIDNIGHT:
            raise cls.wrong(value, "names a time that no clock shows")
        if start == end:
            raise cls.wrong(value, "is empty, for its end is no longer open")
        return cls(start, end if end > start else end + MIDNIGHT)


@dataclass(frozen=True, slots=True)
class DateSpan(_Parsed):
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
class YearlySpan(_Parsed):
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


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _month_day(at: tuple[int, int]) -> str:
    return f"{at[0]:02}-{at[1]:02}"


@cache
def days_of(text: str) -> tuple[int, ...]:
    """The days that `mon-fri`, `sat, sun` or `fri-mon` names, Monday = 0, in the order of the week from the first.

    Raises ValueError with the part that is no day.
    """
    days: list[int] = []
    for part in text.split(","):
        first, dash, last = (each.strip() for each in part.partition("-"))
        for name in (first, last) if dash else (first,):
            if name not in DAYS:
                raise ValueError(name)
        start, end = DAYS.index(first), DAYS.index(last or first)
        days += [(start + step) % 7 for step in range((end - start) % 7 + 1)]
    return tuple(days)


def _week_days(value: str) -> str:
    try:
        days_of(value)
    except ValueError as error:
        found = str(error)
        raise PydanticCustomError(
            "week_days",
            "{found} is no day",
            {"found": repr(found), "expected": "mon, tue, … or mon-fri", "nearest": nearest(found, DAYS)},
        ) from None
    return value


WeekDays = Annotated[str, AfterValidator(_week_days)]
"""Days of the week: `mon`, `mon-fri`, `sat, sun`; `fri-mon` is Friday to Monday."""


ServiceCode = Annotated[str, Field(pattern=r"^\*[0-9]{2,3}$")]
"""What users dial to have something done: a star and two or three digits."""


def _hours(value: object) -> object:
    if value == "closed":
        return []
    return [value] if isinstance(value, str) else value


_WINDOW_SCHEMA = {"type": "string", "pattern": Window.PATTERN}
Hours = Annotated[
    list[Window],
    BeforeValidator(_hours),
    WithJsonSchema({"anyOf": [_WINDOW_SCHEMA, {"enum": ["closed"]}, {"type": "array", "items": _WINDOW_SCHEMA}]}),
]
"""`08:00-17:00`, a list of windows, or `closed`."""


class Day(Model):
    """An extra holiday: either `date` or `recurs`."""

    title: Text | None = None
    """What people call it."""
    date: DateSpan | None = None
    """Once: a day or several of one year."""
    recurs: YearlySpan | None = None
    """Every year."""


class ExceptionDay(Day):
    """Days that differ from the week: either `date` or `recurs`, and either `hours` or `closed: yes`."""

    hours: Hours | None = None
    """When it is open on these days, instead of the weekly hours."""
    closed: bool = False
    """Closed all day."""
    destination: Destination | None = None
    """Where calls go on these days while it is closed; the schedule's `closed` where it is not given."""


class Holidays(Model):
    """The public holidays of a country, and the days that nearly everybody there takes off."""

    country: Country | None = None
    """Whose holidays; the tenant's country where it is not given."""
    region: Text | None = None
    """ISO 3166-2 code of a part of the country, without the country: `BY` for Bavaria."""
    without: list[Text] = Field(default_factory=list)
    """Holidays that are ordinary days here, by name, in the country's language or in English."""
    with_: list[Day] = Field(default_factory=list, alias="with")
    """More days that count as holidays."""
    hours: Hours = Field(default_factory=list)
    """When it is open on holidays; closed where it is not given."""
    destination: Destination | None = None
    """Where calls go on holidays while it is closed; the schedule's `closed` where it is not given."""


class Schedule(Model):
    """When it is open and where calls go. What decides, strongest first: the manual switch, a dated exception, a yearly
    exception, a holiday, the weekly hours; of two exceptions of one sort the shorter."""

    title: Text | None = None
    """What people call it."""
    """What people call it; the name where it is not given."""
    time_zone: TimeZone | None = None
    """Whose clock counts; the tenant's where it is not given."""
    weekly: dict[WeekDays, Hours] = Field(default_factory=dict)
    """Hours by days of the week; a day that is not named is closed."""
    holidays: Holidays | None = None
    exceptions: list[ExceptionDay] = Field(default_factory=list)
    switch: ServiceCode | None = None
    """The code of the manual switch, such as `"*28"`, in quotes. Users dial `*281` for open, `*282` for closed, and
    `*280` to let the schedule decide again. What they set is theirs: applying the file never changes it."""
    open: Destination
    """Where calls go while it is open."""
    closed: Destination
    """Where calls go while it is closed."""

    def by_precedence(self) -> list[tuple[int, ExceptionDay]]:
        """The exceptions with their places in the list, strongest first: dated before yearly, then the shorter."""

        def weakness(item: tuple[int, ExceptionDay]) -> tuple[bool, int]:
            _, each = item
            span = each.date or each.recurs
            return each.date is None, span.length if span else 0

        return sorted(enumerate(self.exceptions), key=weakness)
