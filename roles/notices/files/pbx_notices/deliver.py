"""One channel's work: what is due is handed over; what is not taken is tried again, ever more seldom."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable
from pathlib import Path

from . import transcripts
from .outlets import Later, LaterForThis, Refused
from .spool import Spool
from .words import Message

FIRST_WAIT, LONGEST_WAIT = 5, 600
"""Seconds between two tries: 5, 10, 20 … 600."""
GIVE_UP = 4 * 24 * 3600
"""Seconds after which a message is set aside; mail servers wait four to five days (RFC 5321, 4.5.4.1)."""

PATIENCE = 300
"""Seconds after the call that a mail waits for a message as text; then it goes without."""

Carry = Callable[[Message, "Path | None"], None]


class Channel:
    """`round` tries what is due once. `carry` hands one message over, or raises."""

    def __init__(self, name: str, spool: Spool, carry: Carry | None, tell: Callable[[str], None]) -> None:
        self._name, self._spool, self._carry, self._tell = name, spool, carry, tell
        self._pause, self._until = 0.0, 0.0
        """While the other side takes nothing, all wait, and each try is for all."""

    def round(self) -> None:
        if self._carry is None or time.time() < self._until:
            return
        for message in self._spool.waiting(self._name):
            whole = _whole(message) if message.due <= time.time() else None
            if whole and not self._try(whole, self._carry):
                return

    def _try(self, message: Message, carry: Carry) -> bool:
        """Whether the next message is worth a try."""
        try:
            carry(message, self._spool.carried(message))
        except Refused as error:
            self._tell(f"{message.name} of {message.tenant} is refused for good: {error}")
            self._spool.fail(message)
        except LaterForThis as error:
            self._again(message, str(error))
        except Later as error:
            self._pause = min(max(2 * self._pause, FIRST_WAIT), LONGEST_WAIT)
            self._until = time.time() + self._pause
            self._tell(f"{self._name} cannot leave now, next try in {self._pause:g} s: {error}")
            if time.time() - message.at > GIVE_UP:
                self._give_up(message, str(error))
            return False
        else:
            self._spool.forget(message)
        self._pause = 0.0
        return True

    def _again(self, message: Message, why: str) -> None:
        if time.time() - message.at > GIVE_UP:
            self._give_up(message, why)
            return
        wait = min(FIRST_WAIT * 2**message.tried, LONGEST_WAIT)
        self._tell(f"{message.name} of {message.tenant} is not taken yet, next try in {wait} s: {why}")
        self._spool.note(dataclasses.replace(message, tried=message.tried + 1, due=time.time() + wait))

    def _give_up(self, message: Message, why: str) -> None:
        self._tell(f"{message.name} of {message.tenant} is given up: {why}")
        self._spool.fail(message)


def _whole(message: Message) -> Message | None:
    """With the text that it waits for, or without it when that takes too long; nothing while it waits."""
    if not message.awaits:
        return message
    text = transcripts.read(Path(message.awaits))
    if text is None and time.time() - message.at < PATIENCE:
        return None
    said = f"{message.text}\n\n{message.written}\n{text}" if text else message.text
    return dataclasses.replace(message, text=said, awaits="", written="")
