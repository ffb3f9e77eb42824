"""Turns: in which order work begins that needs some things for itself, as a test call needs its telephones.

Whatever waits and finds all that it needs free begins, the longest first: it decides when all is over. Nobody holds one
thing while it waits for another.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, eq=False)
class _Waiting:
    needs: frozenset[str]
    seconds: float
    turn: asyncio.Future[None]


class Turns:
    """At most `places` at a time; no two at once that need the same."""

    def __init__(self, places: int) -> None:
        self._free = places
        self._taken: set[str] = set()
        self._waiting: list[_Waiting] = []

    @contextlib.asynccontextmanager
    async def hold(self, needs: frozenset[str], seconds: float) -> AsyncIterator[None]:
        """Waits for a place and everything needed; `seconds` is how long it takes at most."""
        own = _Waiting(needs, seconds, asyncio.get_running_loop().create_future())
        self._waiting.append(own)
        self._waiting.sort(key=lambda each: -each.seconds)
        asyncio.get_running_loop().call_soon(self._begin)  # once all that come together are there
        try:
            await own.turn
            yield
        finally:
            self._end(own)

    def _begin(self) -> None:
        for each in tuple(self._waiting):
            if self._free and not each.needs & self._taken:
                self._waiting.remove(each)
                self._free -= 1
                self._taken |= each.needs
                each.turn.set_result(None)

    def _end(self, own: _Waiting) -> None:
        if own in self._waiting:  # it was given up before its turn came
            self._waiting.remove(own)
            return
        self._free += 1
        self._taken -= own.needs
        self._begin()
