"""The port to the log of users' calls on the running platform."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

KINDS = ("all", "missed", "voicemail", "made", "received", "forwarded")
"""What may be asked for."""


@dataclass(frozen=True, slots=True)
class LoggedCall:
    """What a call was for one user."""

    user: str
    at: datetime
    """When it began for her."""
    direction: str
    """`made` or `received`."""
    result: str
    """made: answered, unanswered; received: answered, missed, colleague, picked-up, forwarded."""
    number: str = ""
    """The other party's; empty where it is withheld."""
    name: str = ""
    seconds: int = 0
    """Of talk."""
    device: str = ""
    """Of her telephones the one that called or answered."""
    by: str = ""
    """The colleague who answered, or from whom she picked it up."""
    to: str = ""
    """Where it was forwarded to: `user:bo`, `number:+46…`."""
    message: str = ""
    """The message that was left in her mailbox."""


class CallLog(Protocol):
    """One tenant lives on one core node; which one, the adapter knows."""

    async def calls(self, tenant: str, user: str, kind: str, count: int) -> tuple[LoggedCall, ...]:
        """The latest first, `count` at most; of all users where none is named."""
        ...
