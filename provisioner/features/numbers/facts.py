"""What other rooms may know of the tenant's numbers."""

from __future__ import annotations

from dataclasses import replace

from provisioner.core.capabilities import Capability
from provisioner.core.feature import Files, Scope, Use

from .model import Kind, Number


def contribute(numbers: dict[str, Number], scope: Scope, _: Files) -> Scope:
    mains = [each for each, number in numbers.items() if number.kind is Kind.MAIN]
    direct: dict[str, str] = {}
    for each, number in numbers.items():
        if number.kind is Kind.DIRECT and number.destination.kind == "user":
            direct.setdefault(number.destination.name, each)
    return replace(
        scope,
        main_number=mains[0] if mains else "",
        direct_numbers=direct,
        tenant_numbers=frozenset(numbers),
        uses=scope.uses + _uses(numbers, mains),
    )


def _uses(numbers: dict[str, Number], mains: list[str]) -> tuple[Use, ...]:
    further = (Use(Capability.FURTHER_MAIN_NUMBER, ("numbers", each)) for each in mains[1:])
    direct = (
        Use(Capability.DIRECT_NUMBER, ("numbers", each), number.destination.name)
        for each, number in numbers.items()
        if number.kind is Kind.DIRECT and number.destination.kind == "user"
    )
    return (*further, *direct)
