"""The port to the manual switches of schedules on the running platform."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Switched:
    """What a switch is set to."""

    state: str
    """`open`, `closed`, or `auto` for the schedule's own decision."""
    until: int | None = None
    """The second since 1970 at which the schedule decides again; None for no end."""


class Switches(Protocol):
    """One tenant lives on one core node; which one, the adapter knows."""

    async def get(self, tenant: str, schedule: str) -> Switched:
        """What is set, also where its time is over."""
        ...

    async def set(self, tenant: str, schedule: str, wanted: Switched) -> None:
        """Sets it, and the lights of its keys."""
        ...
