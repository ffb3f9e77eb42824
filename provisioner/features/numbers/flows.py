"""Where callers of a number go on: by the date, and where they are screened."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from provisioner.core.feature import Scope
from provisioner.core.flows import Flow, Stretch
from provisioner.core.refs import Ref
from provisioner.core.week import MIDNIGHT

from .model import Number

FLOWS = (
    Flow(("destination",), "", first=True),
    Flow(("refused",), "blocked caller"),
    Flow(("withheld",), "withheld number"),
    Flow(("closed",), "after the last day"),
)

NOT_YET = "another operator's, not in use here yet"
OVER = "callers hear that it is not in use"


def by_day(
    numbers: dict[str, Number], ref: Ref, _: Scope, days: Sequence[date]
) -> Sequence[tuple[Stretch, ...]] | None:
    number = numbers.get(ref.name) if ref.kind == "number" else None
    if number is None:
        return None
    if number.active_from or number.active_until:
        return [_on(number, day) for day in days]
    return [(Stretch(0, MIDNIGHT, number.destination),)] * len(days)


def _on(number: Number, day: date) -> tuple[Stretch, ...]:
    if number.active_from and day < number.active_from:
        return (Stretch(0, MIDNIGHT, None, NOT_YET),)
    if number.ended(day):
        known = number.closed.until is None or day <= number.closed.until
        return (Stretch(0, MIDNIGHT, number.closed.destination if known else None, OVER),)
    return (Stretch(0, MIDNIGHT, number.destination),)
