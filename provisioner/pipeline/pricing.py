"""What a change of a tenant costs, in words, by the provider's catalogue as it is now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from provisioner.features.plans.model import Catalogue
from provisioner.tenant import Tenant

from . import structure
from .describe import Sentence
from .invoicing import CENT, standing
from .validate import STAND_INS

Costs = Mapping[str, Decimal]
"""What each part of a tenant costs in a month."""

FEW = 6
"""Parts that are named; more would hide the sum."""


def priced(old: Mapping[str, Any] | None, new: Mapping[str, Any] | None, catalogue: Catalogue) -> Iterator[Sentence]:
    """The month's price before and after, where any part of it changes. A side that is None is a tenant not there."""
    before = None if old is None else _costs(old, catalogue)
    after = None if new is None else _costs(new, catalogue)
    yield from compared(before, after, catalogue.currency or "")


def compared(before: Costs | None, after: Costs | None, unit: str) -> Iterator[Sentence]:
    """The same of what each part costs; a side that is None is a tenant that is not there."""
    was_of, now_of = before or {}, after or {}
    parts = {part: now_of.get(part, Decimal(0)) - was_of.get(part, Decimal(0)) for part in {**was_of, **now_of}}
    changed = {part: by for part, by in parts.items() if by}
    if not changed:
        return
    was, now = total(was_of), total(now_of)
    if before is None:
        yield Sentence("+", "", f"a month costs {money(now, unit)}")
    elif after is None:
        yield Sentence("-", "", f"{money(was, unit)} a month are no longer invoiced")
    else:
        word = "more" if now > was else "less"
        by = f"{money(abs(now - was), unit)} {word}" if now != was else "the same"
        yield Sentence("~", "", f"a month costs {by}, {money(now, '')} instead of {money(was, '')}: {_named(changed)}")


def total(costs: Costs) -> Decimal:
    return sum(costs.values(), Decimal(0))


def _costs(document: Mapping[str, Any] | None, catalogue: Catalogue) -> dict[str, Decimal]:
    """An older document is understood as far as it goes: what the language no longer knows costs nothing."""
    tenant, _ = structure.validate(Tenant, dict(document), STAND_INS) if document is not None else (None, ())
    return standing(tenant, catalogue) if tenant else {}


def _named(changed: Mapping[str, Decimal]) -> str:
    told = [f"{part} {by.quantize(CENT):+f}" for part, by in list(changed.items())[:FEW]]
    return ", ".join(told) + (f" and {len(changed) - FEW} more" if len(changed) > FEW else "")


def money(amount: Decimal, unit: str) -> str:
    """`SEK 12.00`; without the unit where that is empty."""
    return f"{unit} {amount.quantize(CENT):f}".strip()
