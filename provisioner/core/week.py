"""Hours of the week as files write them: days such as `mon-fri`, windows such as `08:00-17:00`.

Windows are half-open and may go over midnight. Whose clock counts is said by whoever has such hours.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, GetCoreSchemaHandler, GetJsonSchemaHandler, WithJsonSchema
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from .findings import nearest

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MIDNIGHT = 24 * 60


class Parsed:
    """A value that is written as one text; subclasses say how it is read."""

    EXPECTED = ""
    PATTERN = ""

    @classmethod
    def parse(cls, value: object) -> Any:
        raise NotImplementedError

    @classmethod
    def wrong(cls, value: object, why: str, expected: str = "") -> PydanticCustomError:
        facts = {"found": repr(value), "why": why, "expected": expected or cls.EXPECTED}
        return PydanticCustomError("schedule_form", "{found} {why}", facts)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(cls.parse, serialization=core_schema.to_string_ser_schema())

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"type": "string", "pattern": cls.PATTERN, "description": cls.EXPECTED}


@dataclass(frozen=True, slots=True)
class Window(Parsed):
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


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


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
