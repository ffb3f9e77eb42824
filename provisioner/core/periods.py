"""Periods of whole days: when a number works, when an add-on is paid for.

Written `active_from` (the first day) and `active_until` (the last day), both in the tenant's time zone; a side that is
not given is open.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import BeforeValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from .model import Model


def _day(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        return date.fromisoformat(value) if len(value) == 10 else _no_day(value)
    except ValueError:
        return _no_day(value)


def _no_day(value: str) -> object:
    raise PydanticCustomError("day", "{found} is no day", {"found": repr(value), "expected": "for example 2027-01-31"})


Day = Annotated[date, BeforeValidator(_day), WithJsonSchema({"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"})]
"""A day, written `2027-01-31`."""


class Period(Model):
    """The days on which something holds."""

    active_from: Day | None = None
    """The first day, from its midnight on in the tenant's time zone; where it is not given, since ever."""
    active_until: Day | None = None
    """The last day, until its midnight; where it is not given, for ever."""

    def ended(self, today: date) -> bool:
        """Whether the last day is past."""
        return self.active_until is not None and self.active_until < today

    def backwards(self) -> bool:
        """Whether it ends before it begins, so that no day is in it."""
        return bool(self.active_from and self.active_until and self.active_until < self.active_from)

    def days(self, first: date, last: date) -> int:
        """How many of the days from `first` to `last` are in it."""
        start = max(self.active_from or first, first)
        end = min(self.active_until or last, last)
        return max(0, (end - start).days + 1)
