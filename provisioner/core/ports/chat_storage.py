"""The port to files that users sent in chat: how many each has."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Stored:
    """What one account has."""

    account: str
    files: int
    bytes: int
    quota: int
    """Bytes; 0 for whoever may send none."""
    oldest: datetime | None
    """When the oldest of them was sent."""


class ChatStorage(Protocol):
    """On the machine that carries chat."""

    async def stored(self, tenant: str) -> tuple[Stored, ...]:
        """Every account, also of users who left; none where the tenant has no chat. Raises PbxError."""
