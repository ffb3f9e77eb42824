"""The port through which people look at queues and ring groups that run, and log their members in and out."""

from __future__ import annotations

from typing import Any, Protocol

VERBS = ("in", "out", "pause", "resume")


class QueueView(Protocol):
    """One tenant lives on one core node; which one, the adapter knows."""

    async def figures(self, tenant: str) -> dict[str, Any]:
        """`queues` and `groups`, each with name, title, members and figures, and `time` in seconds since 1970."""
        ...

    async def change(self, tenant: str, kind: str, name: str, member: str, verb: str) -> str:
        """Logs a member of a queue or ring group in or out, or lets her pause or go on; returns the state that she is
        in afterwards. `verb` is one of `VERBS`."""
        ...
