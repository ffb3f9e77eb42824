"""Where callers are, as the core says: which place of the dialplan each channel is at, and whether any is left."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from tests.lab.reception.reception import Reception

FIELDS = 14
"""Of a line of `core show channels concise`; what an application was told may hold the sign between them."""
FRESH = 0.25


@dataclass(frozen=True)
class Channel:
    name: str
    place: str
    """`context,extension,application(what it was told)`"""
    caller: str


def channels(reception: Reception) -> list[Channel]:
    found = []
    for line in reception.asterisk("core show channels concise").splitlines():
        parts = line.split("!")
        if len(parts) >= FIELDS:
            name, context, extension, _, _, application, *rest = parts
            told, caller = "!".join(rest[: len(parts) - FIELDS + 1]), rest[len(parts) - FIELDS + 1]
            found.append(Channel(name, f"{context},{extension},{application}({told})", caller))
    return found


@dataclass
class Whereabouts:
    """For one test; however many wait at once, the core is asked a few times a second."""

    reception: Reception
    _asking: asyncio.Lock = field(default_factory=asyncio.Lock)
    _seen: list[Channel] = field(default_factory=list)
    _when: float = 0.0

    async def channels(self) -> list[Channel]:
        async with self._asking:
            if time.monotonic() - self._when > FRESH:
                self._seen = await asyncio.to_thread(channels, self.reception)
                self._when = time.monotonic()
            return self._seen

    async def at(self, callers: Collection[str] | None, place: str, seconds: float = 40) -> Channel:
        """Waits until a channel of one of these callers is at a place that begins as the regular expression says.

        None is any channel, those within the core too.
        """
        end, seen = time.monotonic() + seconds, dict[str, None]()
        while True:
            for each in await self.channels():
                if callers is None or (each.caller in callers and not each.name.startswith("Local/")):
                    if re.match(place, each.place):
                        return each
                    seen[each.place[:100]] = None
            assert time.monotonic() < end, f"{callers} never came to {place}: {list(seen)}"
            await asyncio.sleep(FRESH)

    async def gone(self, channel: Channel, seconds: float = 20) -> None:
        """The channel is no more."""
        await self._none(lambda each: each.name == channel.name, seconds)

    async def away(self, place: str, seconds: float = 20) -> None:
        """No channel is at such a place any more."""
        await self._none(lambda each: re.match(place, each.place) is not None, seconds)

    async def nobody(self, seconds: float = 20) -> None:
        """No channel at all is left."""
        await self._none(lambda _: True, seconds)

    async def _none(self, chosen: Callable[[Channel], bool], seconds: float) -> None:
        end = time.monotonic() + seconds
        while left := [each for each in await self.channels() if chosen(each)]:
            assert time.monotonic() < end, left
            await asyncio.sleep(FRESH)


def process(reception: Reception) -> str:
    """The daemon that takes the calls: another number is another one, started after the first had crashed."""
    return reception.run("core", "pidof asterisk").strip()


def busy_lines(reception: Reception) -> list[str]:
    """Lines of users and public numbers that count as busy."""
    shown = reception.asterisk("devstate list")
    return re.findall(r"Name: 'Custom:([\w-]+\.[\w+-]+)'\s+State: '(?:INUSE|RINGING)'", shown)
