"""Keys faster than any telephone sends them: telephone events (RFC 4733) beside the sound of a call that is up.

They leave the machine of the call's telephone with the address of its media, so to everybody they are the telephone's.
Some get lost where the machine is busy: they are a flood, and what must arrive the telephone presses itself, before.
"""

from __future__ import annotations

import asyncio
import re
import socket
import struct
from dataclasses import dataclass

from provisioner.core.ports.sip import SipAgent, SipCall
from tests.lab.edge.raw_sip import media, socket_inside
from tests.lab.reception.reception import Reception

EVENTS = "0123456789*#"
KEY = 0.01
"""Seconds."""
LATE = 2**32 - 500_000
"""Where the clock begins: Asterisk takes no event for new that is older than the telephone's own last one."""
SOURCE = 0x0BADCA11
_BODY = re.compile(r"^Call-ID: *(\S+)\r?$(?:(?!^Call-ID)[\s\S])*?^\r?\n(v=0\r?\n(?:[a-z]=[^\n]*\n)+)", re.MULTILINE)


@dataclass
class Keypad:
    here: tuple[str, int]
    there: tuple[str, int]
    payload: int
    raw: socket.socket
    sequence: int = 0
    clock: int = LATE

    @classmethod
    async def of(cls, reception: Reception, agent: SipAgent, call: SipCall) -> Keypad:
        log = await agent.log()
        offers = [body for name, body in _BODY.findall(log) if name == call.id and "m=audio" in body]
        own: str = agent.address  # type: ignore[attr-defined]
        here = next(body for body in offers if media(body)[0] == own)
        there = next(body for body in offers if media(body)[0] != own)
        payload = re.search(r"^a=rtpmap:(\d+) telephone-event/8000", there, re.MULTILINE)
        assert payload, there
        namespace = reception.lab.namespace(agent.spec.machine)
        raw = socket_inside(namespace, own, 0, socket.SOCK_RAW, socket.IPPROTO_RAW)
        return cls(media(here), media(there), int(payload[1]), raw)

    async def press(self, keys: str) -> None:
        length = int(KEY * 8000)
        for key in keys:
            self._event(key, 0, length // 2, first=True)
            # All at once: sound that came between would end the event for Asterisk, and its end would be one more.
            for _ in range(3):
                self._event(key, 0x80, length)
            self.clock += length
            await asyncio.sleep(KEY)

    def _event(self, key: str, end: int, length: int, *, first: bool = False) -> None:
        self.sequence += 1
        kind = self.payload | (0x80 if first else 0)
        head = struct.pack("!BBHII", 0x80, kind, self.sequence & 0xFFFF, self.clock, SOURCE)
        packet = head + struct.pack("!BBH", EVENTS.index(key), end | 10, length)
        datagram = struct.pack("!HHHH", self.here[1], self.there[1], 8 + len(packet), 0) + packet
        addresses = socket.inet_aton(self.here[0]) + socket.inet_aton(self.there[0])
        # The kernel fills in what is 0 here: the length, the identity and the checksum.
        self.raw.sendto(struct.pack("!BBHHHBBH", 0x45, 0, 0, 0, 0, 64, 17, 0) + addresses + datagram, self.there)

    def close(self) -> None:
        self.raw.close()
