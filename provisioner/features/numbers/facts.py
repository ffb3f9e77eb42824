"""What other rooms may know of the tenant's numbers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from provisioner.core.capabilities import Capability
from provisioner.core.feature import Files, Scope, Use
from provisioner.core.holdings import Holding, entries
from provisioner.core.numbering import calling_code, plan_of

from .model import OF_ONE_USER, Kind, Number
from .screening import screens

_SOLD = {Kind.DIRECT: Capability.DIRECT_NUMBER, Kind.MOBILE: Capability.MOBILE_NUMBER}


def contribute(numbers: dict[str, Number], scope: Scope, _: Files) -> Scope:
    mains = [each for each, number in numbers.items() if number.kind is Kind.MAIN]
    own: dict[Kind, dict[str, str]] = {kind: {} for kind in OF_ONE_USER}
    for each, number in numbers.items():
        if number.kind in own and number.destination.kind == "user":
            own[number.kind].setdefault(number.destination.name, each)
    return replace(
        scope,
        main_number=mains[0] if mains else "",
        direct_numbers=own[Kind.DIRECT],
        mobile_numbers=own[Kind.MOBILE],
        tenant_numbers=frozenset(numbers),
        screens_callers=any(map(screens, numbers.values())),
        languages=scope.languages | {each.language for each in numbers.values() if each.language},
        uses=(*scope.uses, *_uses(numbers, mains, scope)),
    )


def _uses(numbers: dict[str, Number], mains: list[str], scope: Scope) -> Iterator[Use]:
    plan = plan_of(scope.country)
    for each in mains[1:]:
        yield Use(Capability.FURTHER_MAIN_NUMBER, ("numbers", each))
    for each, number in numbers.items():
        path = ("numbers", each)
        if number.kind in _SOLD and number.destination.kind == "user":
            yield Use(_SOLD[number.kind], path, number.destination.name)
        if plan and (code := calling_code(each)) and code != plan.calling_code:
            yield Use(Capability.INTERNATIONAL_NUMBER, path)
        if number.recording:
            yield Use(Capability.RECORDING, (*path, "recording"))


def holds(section: Any) -> Iterator[tuple[Holding, str]]:
    """Numbers, and those whose calls are recorded; of the section as written."""
    for number, entry in entries(section).items():
        yield Holding.NUMBERS, number
        if entry.get("recording") is not None:
            yield Holding.RECORDINGS, number
