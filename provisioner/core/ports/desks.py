"""The port to the telephones that users share: who is logged in at which on the running platform."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Seat:
    """Who is logged in at a place."""

    user: str
    until: int
    """The second since 1970 at which she is logged out by itself."""


class Desks(Protocol):
    """One tenant lives on one core node; which one, the adapter knows."""

    async def seats(self, tenant: str) -> Mapping[str, Seat]:
        """Place → who logged in there last and has not logged out, also where her time is over."""
        ...

    async def log_out(self, tenant: str, desk: str) -> None:
        """Nobody is logged in at the place any more; no error where nobody was."""
        ...
