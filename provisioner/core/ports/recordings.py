"""The port to recorded calls, sealed on the running platform."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class RecordedCall:
    """One recording. `reason` is `number`, `queue`, `conference`, `user` or `on-demand`; `name` is the file's entry."""

    id: str
    at: datetime
    """When it began; aware."""
    seconds: float
    """What is heard of it; pauses are not in it."""
    reason: str
    name: str
    user: str
    """Whose right to record it was; empty for those of numbers and queues."""
    number: str
    """The other party, as far as it was shown."""
    direction: str
    """`in` or `out`, as seen from the tenant or user."""


@dataclass(frozen=True, slots=True)
class Access:
    """Who had a recording in hand: `what` is `get`, `delete` or `refused`."""

    at: datetime
    who: str
    what: str
    id: str
    reason: str


class RecordedCalls(Protocol):
    """One tenant lives on one core node; which one, the adapter knows."""

    async def recorded(self, tenant: str) -> tuple[RecordedCall, ...]:
        """The oldest first."""
        ...

    async def heard(self, tenant: str, id: str, who: str) -> bytes:
        """A WAV file, opened here and not on the node; that `who` asked is noted first."""
        ...

    async def delete(self, tenant: str, id: str, who: str, reason: str) -> None: ...

    async def refused(self, tenant: str, id: str, who: str) -> None:
        """Notes that `who` asked and had no right."""
        ...

    async def accesses(self, tenant: str) -> tuple[Access, ...]:
        """The oldest first; those of recordings that are gone too."""
        ...
