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

FEW = 6
"""Parts that are named; more would hide the sum."""


def priced(old: Mapping[str, Any] | None, new: Mapping[str, Any] | None, catalogue: Catalogue) -> Iterator[Sentence]:
    """The month's price before and after, where any part of it changes. A side that is None is a tenant not there."""
    before, after = _costs(old, catalogue), _costs(new, catalogue)
    parts = {part: after.get(part, Decimal(0)) - before.get(part, Decimal(0)) for part in {**before, **after}}
    changed = {part: by for part, by in parts.items() if by}
    if not changed:
        return
    was, now, unit = sum(before.values(), Decimal(0)), sum(after.values(), Decimal(0)), catalogue.currency or ""
    if old is None:
        yield Sentence("+", "", f"a month costs {_money(now, unit)}")
    elif new is None:
        yield Sentence("-", "", f"{_money(was, unit)} a month are no longer invoiced")
    else:
        word = "more" if now > was else "less"
        by = f"{_money(abs(now - was), unit)} {word}" if now != was else "the same"
        yield Sentence(
            "~", "", f"a month costs {by}, {_money(now, '')} instead of {_money(was, '')}: {_named(changed)}"
        )


def _costs(document: Mapping[str, Any] | None, catalogue: Catalogue) -> dict[str, Decimal]:
    """An older document is understood as far as it goes: what the language no longer knows costs nothing."""
    tenant, _ = structure.validate(Tenant, dict(document), STAND_INS) if document is not None else (None, ())
    return standing(tenant, catalogue) if tenant else {}


def _named(changed: Mapping[str, Decimal]) -> str:
    told = [f"{part} {by.quantize(CENT):+f}" for part, by in list(changed.items())[:FEW]]
    return ", ".join(told) + (f" and {len(changed) - FEW} more" if len(changed) > FEW else "")


def _money(amount: Decimal, unit: str) -> str:
    return f"{unit} {amount.quantize(CENT):f}".strip()
