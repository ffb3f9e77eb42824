"""Fifty people in one room, by LiveKit's own client, and whoever comes after them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from livekit import rtc

from tests.video.kit import House, room


@pytest.mark.row("C9")
def test_c9_fifty_are_in_and_the_fifty_first_is_refused_and_told(meetings: House) -> None:
    meetings.tenant("fifty", room("hall"))
    devices = [f"device{number:06}" for number in range(51)]
    links = [meetings.link("fifty", "hall", guest=f"Guest {number}") for number in range(51)]
    told = [meetings.ask("join", link=link, device=device)[1] for link, device in zip(links, devices, strict=True)]
    asyncio.run(_fill(meetings, links[50], [(each["address"], each["token"]) for each in told]))


async def _until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not true():
            await asyncio.sleep(0.1)


async def _fill(meetings: House, link: str, tokens: list[tuple[str, str]]) -> None:
    """The last has a token from when the room was empty: LiveKit itself refuses it then."""
    quiet = rtc.RoomOptions(auto_subscribe=False, connect_timeout=60.0)
    rooms = [rtc.Room() for _ in tokens]
    try:
        for first in range(0, 50, 10):
            batch = range(first, first + 10)
            await asyncio.gather(*(rooms[each].connect(*tokens[each], quiet) for each in batch))
        await _until(lambda: len(rooms[49].remote_participants) == 49)
        full = (409, {"error": "full", "most": 50})
        assert await asyncio.to_thread(meetings.ask, "join", link=link, device="another00001") == full
        with pytest.raises(rtc.ConnectError):
            await rooms[50].connect(*tokens[50], quiet)
        await rooms[0].disconnect()
        await _until(lambda: len(rooms[49].remote_participants) == 48)
        status, told = await asyncio.to_thread(meetings.ask, "join", link=link, device="another00001")
        assert status == 200
        await rooms[50].connect(told["address"], told["token"], quiet)
    finally:
        await asyncio.gather(*(each.disconnect() for each in rooms[1:]))
