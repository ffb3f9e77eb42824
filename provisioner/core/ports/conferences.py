"""The port through which people look at telephone conferences that are held, and lead them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

EVERY_MEMBER = "participants"
"""Where a participant is named: all that do not lead."""


@dataclass(frozen=True, slots=True)
class Participant:
    """Somebody in a conference. `call` names her there, and means nothing elsewhere."""

    call: str
    number: str
    """As the others see it: an extension, or a public number; empty where it is withheld."""
    leads: bool = False
    muted: bool = False
    waits: bool = False
    """Whether she hears music until a leader is there."""


@dataclass(frozen=True, slots=True)
class Held:
    """A conference in which somebody is."""

    name: str
    locked: bool
    participants: tuple[Participant, ...]
    """In the order in which they came."""


class Conferences(Protocol):
    """One tenant lives on one core node; which one, the adapter knows."""

    async def held(self, tenant: str) -> tuple[Held, ...]:
        """The conferences in which somebody is, by name."""
        ...

    async def lock(self, tenant: str, name: str, locked: bool) -> None:
        """Lets no more members in, or lets them in again, also by PINs that were barred after too many wrong ones.

        Only a conference in which somebody is can be locked; `ShellError` says so of others.
        """
        ...

    async def mute(self, tenant: str, name: str, call: str, muted: bool) -> None:
        """`call` is a participant's, or `EVERY_MEMBER`."""
        ...

    async def remove(self, tenant: str, name: str, call: str) -> None:
        """`call` as for `mute`."""
        ...
