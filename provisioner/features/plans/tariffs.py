"""Which tariff an answered call costs by."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import product

from provisioner.core.week import MIDNIGHT, days_of

from .model import Answered, Length, Mediation, Tariff

WEEK = 7 * MIDNIGHT
"""Minutes of a week, from Monday's midnight on."""


def chosen(answered: Answered, at: datetime, mediation: Mediation, seconds: int) -> str | None:
    """The name of the first tariff that fits; None where none does. `at` is the answer by the tenant's clock."""
    minute = at.weekday() * MIDNIGHT + at.hour * 60 + at.minute
    length = Length.INCLUDED if seconds <= answered.included else Length.LONGER
    return _first(answered, minute, mediation, length)


def unpriced(answered: Answered) -> str:
    """A call that no tariff fits, in words; empty where each has its price."""
    for minute, mediation, length in _kinds(answered):
        if _first(answered, minute, mediation, length) is None:
            day, rest = divmod(minute, MIDNIGHT)
            return f"{mediation}, {length}, on {_day(day)} at {rest // 60:02}:{rest % 60:02}"
    return ""


def unused(answered: Answered) -> list[str]:
    """Tariffs that no call costs by, because those before them fit all of theirs."""
    used = {_first(answered, *kind) for kind in _kinds(answered)}
    return [name for name in answered.tariffs if name not in used]


def _kinds(answered: Answered) -> Iterator[tuple[int, Mediation, Length]]:
    """One of each kind of calls: between two minutes at which some tariff's hours begin or end all are alike."""
    edges = {0}
    for tariff in answered.tariffs.values():
        for start, end in _windows(tariff):
            edges |= {start % WEEK, end % WEEK}
    yield from product(sorted(edges), Mediation, Length)


def _first(answered: Answered, minute: int, mediation: Mediation, length: Length) -> str | None:
    return next((name for name, each in answered.tariffs.items() if _fits(each, minute, mediation, length)), None)


def _fits(tariff: Tariff, minute: int, mediation: Mediation, length: Length) -> bool:
    return (
        tariff.mediation in (None, mediation)
        and tariff.length in (None, length)
        and (tariff.weekly is None or any((minute - start) % WEEK < end - start for start, end in _windows(tariff)))
    )


def _windows(tariff: Tariff) -> Iterator[tuple[int, int]]:
    """Begin and end of its hours in minutes of the week; those of a Sunday night end in the next."""
    for days, hours in (tariff.weekly or {}).items():
        for day, window in product(days_of(days), hours):
            yield day * MIDNIGHT + window.start, day * MIDNIGHT + window.end


def _day(day: int) -> str:
    return ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")[day]
