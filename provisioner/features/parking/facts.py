"""What other rooms may know of parking: its phone codes."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.core.codes import Claim, Service
from provisioner.core.feature import Scope

from .model import Parking

SERVICE = Service(
    "parking",
    "*21",
    "parks the call that is sent there; with the number of a slot behind it, takes the call there",
)


def slots(parking: Parking) -> tuple[str, ...]:
    """The slots as they are dialled behind the code."""
    return tuple(map(str, range(1, parking.slots + 1)))


def codes(parking: Parking | None, scope: Scope) -> Iterator[Claim]:
    if parking:
        tails = ("", *slots(parking))
        yield Claim(scope.code(SERVICE.name), SERVICE.title, ("parking",), SERVICE.name, tails=tails)
