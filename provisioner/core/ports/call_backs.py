"""The port to the numbers that callers left in call-back menus and that wait on the running platform."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Left:
    """A number that a caller left."""

    id: str
    """Names it among all of the tenant's."""
    menu: str
    number: str
    at: datetime
    """When it was left; aware."""


class CallBacks(Protocol):
    """One tenant lives on one core node; which one, the adapter knows."""

    async def waiting(self, tenant: str) -> tuple[Left, ...]:
        """Numbers that were left and not marked as done, the oldest first."""
        ...

    async def done(self, tenant: str, id: str) -> bool:
        """Takes one off the list; whether it was there."""
        ...
