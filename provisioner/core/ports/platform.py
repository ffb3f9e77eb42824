"""The port through which the verifier looks into a running core node: clock, mailboxes, the trail of calls."""

from __future__ import annotations

from typing import Protocol


class CoreView(Protocol):
    """One tenant lives on one core node; which one, the adapter knows."""

    async def shift_clock(self, tenant: str, seconds: int | None) -> None:
        """Moves the time by which the tenant's schedules decide; None puts it right again."""
        ...

    async def messages(self, tenant: str, mailbox: str, caller: str) -> frozenset[str]:
        """Names of the finished messages that a caller left in a mailbox, old and new; each names one message for ever.

        An empty caller means all callers.
        """
        ...

    async def message(self, tenant: str, mailbox: str, name: str) -> bytes:
        """The sound of a message as a WAV file."""
        ...

    async def remove_message(self, tenant: str, mailbox: str, name: str) -> None:
        """Takes a message of a probe out again: the mailbox belongs to people."""
        ...

    async def mark(self, tenant: str) -> str:
        """A place in the log of calls: now."""
        ...

    async def trail(self, tenant: str, since: str, caller: str, dialled: str) -> tuple[str, ...]:
        """The nodes, `ivr:main`, that the first such call after the mark went through, in order.

        `caller` may be empty; then only what was dialled decides.
        """
        ...
