"""The port to what tenants' limits live with on the running platform."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Spent:
    """What calls to the public network have cost on one day."""

    day: str = ""
    """`20270131` by the tenant's clock; empty where nothing was spent yet."""
    amount: Decimal = Decimal(0)
    """In the catalogue's currency."""


@dataclass(frozen=True, slots=True)
class Stop:
    """Dear calls are stopped, because there were too many."""

    since: int
    """Seconds since 1970."""
    user: str
    """Who made the call that was one too many; empty where it was sent on from outside."""
    number: str


class Limits(Protocol):
    """One tenant lives on one core node; which one, the adapter knows."""

    async def spent(self, tenant: str) -> Mapping[str, Spent]:
        """What was spent last, by user; the empty name is the whole tenant."""
        ...

    async def stop(self, tenant: str) -> Stop | None:
        """The stop in force, if any."""
        ...

    async def lift(self, tenant: str) -> None:
        """Lets the stopped calls go out again, and begins to count anew."""
        ...
