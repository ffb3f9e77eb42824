"""Packets of media as they pass a telephone's machine, to tell protected sound from plain."""

from __future__ import annotations

import asyncio
import base64
import struct

from provisioner.core.ports.sip import SipAgent
from tests.lab.reception.reception import Reception

PLAIN = {12 + 160}
"""A packet of G.711: RTP's head and 20 ms of sound (RFC 3550, RFC 3551)."""
PROTECTED = {12 + 160 + 10}
"""The same as SRTP, with its authentication tag of 80 bits (RFC 3711)."""
_BEFORE = 14 + 20 + 8
"""Bytes of Ethernet, IP and UDP."""


async def sizes(reception: Reception, agent: SipAgent) -> set[int]:
    """The sizes of the next fifty packets of sound, both ways, of a telephone that is in a call."""
    first = agent.ports.media  # type: ignore[attr-defined]
    ports, own = f"portrange {first}-{first + 18}", f"198.19.{reception.lab.status().slot}.50"
    rule = f"(src host {own} and src {ports}) or (dst host {own} and dst {ports})"
    command = f"timeout 10 tcpdump -i public -nn -c 60 -w - 'udp and ({rule})' 2>/dev/null | base64 -w0"
    captured = base64.b64decode(await asyncio.to_thread(reception.run, "phones", command))
    # Reports about the sound (RTCP) have types from 200 on.
    sound = [each for each in _packets(captured) if len(each) > 1 and each[1] & 0x7F in (0, 8)]
    assert len(sound) >= 50, f"{len(sound)} packets"
    return {len(each) for each in sound}


def _packets(captured: bytes) -> list[bytes]:
    """What the packets of a pcap file carry."""
    found, place = [], 24
    while place + 16 <= len(captured):
        (length,) = struct.unpack_from("=I", captured, place + 8)
        found.append(captured[place + 16 + _BEFORE : place + 16 + length])
        place += 16 + length
    return found
