"""The port to the channel event log of a tenant's core node."""

from __future__ import annotations

from typing import Protocol


class CallEvents(Protocol):
    """One tenant lives on one core node; which one, the adapter knows."""

    async def log(self, tenant: str) -> str:
        """All that the node still has of its log, the oldest lines first; it tells of its other tenants too."""
        ...
