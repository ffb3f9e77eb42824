"""How soon telephones that watch a colleague are told of a change, by the service itself over UDP on the loopback.

The watchers answer at once, from the same process, so the figure is the service's pace and not an edge's. A peer would
be a server of presence that keeps nothing; there is none to measure beside it.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .figures import Figure

sys.path.insert(0, str(Path(__file__).parents[1] / "roles" / "people" / "files"))

from pbx_people import sip, watches
from pbx_people.lived import Doing

TENANT = {
    "tenant": {"domain": "acme.example", "time_zone": "Europe/Stockholm", "language": "sv"},
    "activities": {
        "available": {"titles": {"sv": "Tillgänglig"}, "rings": True},
        "lunch": {"titles": {"sv": "Lunch"}, "rings": False},
    },
    "people": {"anna": {"title": "Anna", "extension": "101", "accounts": {}}},
}
AT_A_TIME = 50
"""Watches begun before their answers are waited for: as many as the buffers hold."""


class Edge(asyncio.DatagramProtocol):
    """Begins watches, and answers what comes of them."""

    def __init__(self) -> None:
        self.told, self.numbers = 0, set[tuple[str, str]]()
        self.transport: Any = None

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def datagram_received(self, data: bytes, peer: tuple[str, int]) -> None:
        message = sip.read(data)
        if message and message.method == "NOTIFY":
            self.told += 1
            self.numbers.add((message.get("call-id"), message.get("cseq")))
            self.transport.sendto(sip.answer(message, 200, "OK"), peer)

    def watch(self, number: int, peer: tuple[str, int]) -> None:
        text = (
            f"SUBSCRIBE sip:acme.anna@core SIP/2.0\r\nVia: SIP/2.0/UDP edge;branch=z9hG4bK{number}\r\n"
            "Record-Route: <sip:198.18.0.20;r2=on;lr>\r\nRecord-Route: <sip:198.19.0.20;r2=on;lr>\r\n"
            f"From: <sip:bo@acme.example>;tag=bo{number}\r\nTo: <sip:anna@acme.example>\r\nCall-ID: call-{number}\r\n"
            "CSeq: 1 SUBSCRIBE\r\nContact: <sip:bo@192.0.2.9>\r\nEvent: presence\r\nExpires: 600\r\n\r\n"
        )
        self.transport.sendto(text.encode(), peer)

    async def until(self, news: int) -> None:
        while len(self.numbers) < news:
            await asyncio.sleep(0.001)


async def _seconds(watchers: int, times: int) -> tuple[float, int]:
    """The best of several changes, and how many messages were sent twice in all of them."""
    loop, doing = asyncio.get_running_loop(), [Doing()]
    service = watches.Watches(("127.0.0.1", 5071), lambda _: TENANT, lambda *_: doing[0], lambda _: time.time())
    there, _ = await loop.create_datagram_endpoint(lambda: service, local_addr=("127.0.0.1", 0))
    here, edge = await loop.create_datagram_endpoint(Edge, local_addr=("127.0.0.1", 0))
    for number in range(watchers):
        edge.watch(number, there.get_extra_info("sockname"))
        if (number + 1) % AT_A_TIME == 0:
            await edge.until(number + 1)
    await edge.until(watchers)
    found = []
    for turn in range(times):
        doing[0] = Doing("available" if turn % 2 else "lunch")
        began = time.perf_counter()
        service.changed("acme", "anna")
        await edge.until((turn + 2) * watchers)
        found.append(time.perf_counter() - began)
    here.close()
    there.close()
    return min(found), edge.told - len(edge.numbers)


def presence() -> Iterator[Figure]:
    """A change of an activity until the last of its watchers has been told."""
    for watchers in (500, 2000):
        seconds, twice = asyncio.run(_seconds(watchers, 5))
        command = "pbx_people.watches, UDP on the loopback"
        yield Figure(f"an activity told to {watchers} watching telephones", round(seconds, 2), "s", command)
        yield Figure("messages of five such changes sent twice", twice, "", command)
