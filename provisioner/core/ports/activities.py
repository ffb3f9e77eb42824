"""The port to the activities that users are in on the running platform."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

AVAILABLE = "available"
"""The activity of whoever has set none."""


@dataclass(frozen=True, slots=True)
class Doing:
    """What a user is doing, and who said so."""

    activity: str = AVAILABLE
    until: int | None = None
    """The second since 1970 at which she is available again; None for no end."""
    note: str = ""
    """Her own words, for colleagues."""
    by: str = "hand"
    """`phone`, `hand` or `calendar`."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """A calendar that cannot be read: why, since which second, and when it was last read; None for never."""

    why: str
    since: int
    read: int | None


class Activities(Protocol):
    """One tenant lives on one core node; which one, the adapter knows."""

    async def get(self, tenant: str, user: str) -> Doing:
        """What is set, also where its time is over."""
        ...

    async def everybody(self, tenant: str) -> Mapping[str, Doing]:
        """What is set of users who have set anything, also where its time is over."""
        ...

    async def troubles(self, tenant: str) -> Mapping[str, Trouble]:
        """Users whose calendar cannot be read."""
        ...

    async def set(self, tenant: str, user: str, wanted: Doing) -> None:
        """Sets it; with `Doing()` nothing is set any more."""
        ...
