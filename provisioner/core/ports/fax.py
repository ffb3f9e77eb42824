"""The ports of fax probes: a machine that sends pages from the public network, and where their mails arrive."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Sent:
    """How a sending machine itself says that it went."""

    confirmed: bool
    """Whether the receiver confirmed every page."""
    mode: str
    """`audio` or `T38`; empty where it came to no fax."""
    error: str


class FaxMachine(Protocol):
    async def send(self, caller: str, number: str, pages: int, timeout: float) -> Sent:
        """Calls the number, shown as the caller, sends so many pages and waits until it is over."""
        ...


class Post(Protocol):
    async def faxes(self, address: str, caller: str, since: float) -> tuple[bytes, ...]:
        """The PDF files of mails to the address that name the caller and arrived since then (seconds since 1970)."""
        ...
