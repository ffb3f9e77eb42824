"""The port to what users recorded in place of prompts, on the running platform."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from ..artifacts import Lived


@dataclass(frozen=True, slots=True)
class Recorded:
    """A sound that somebody recorded; its prompt may have gone from the tenant's file since."""

    prompt: str
    language: str
    """Empty for one that serves all."""
    at: datetime
    """When it was kept; aware."""
    seconds: float


class RecordedPrompts(Protocol):
    """One tenant lives on one core node; which one, the adapter knows."""

    async def recorded(self, tenant: str) -> tuple[Recorded, ...]:
        """By prompt, then language."""
        ...

    async def heard(self, sound: Lived) -> bytes:
        """What callers hear now: the recording, or the declared sound where there is none."""
        ...

    async def put(self, sound: Lived, wav: bytes) -> None:
        """Takes the place of what was heard; `wav` is in the telephone's form."""
        ...

    async def reset(self, tenant: str, prompt: str, language: str) -> None:
        """The declared sound is heard again; a recording that nothing declares is deleted."""
        ...
