#!/usr/bin/env python3
"""Writes signature.wav beside this file: the four notes that callers of Nordverk's office in Malmö hear first.

`bin/setup` runs it, because no audio is committed. Whole numbers alone: the same bytes on every machine, so that the
digest of the example's bundle is the same everywhere too.
"""

from __future__ import annotations

import io
import sys
import wave
from collections.abc import Iterator
from pathlib import Path

FILE = Path(__file__).with_name("signature.wav")
RATE = 16000
NOTES = ((587, 300), (740, 300), (880, 300), (1175, 1200))
"""Hertz and milliseconds."""
LOUDEST, ATTACK = 12000, RATE // 100
"""Of 32767; samples in which a note comes, so that it does not click."""


def samples() -> Iterator[int]:
    for hertz, milliseconds in NOTES:
        length = RATE * milliseconds // 1000
        for at in range(length):
            phase = at * hertz % RATE
            triangle = abs(4 * phase - 2 * RATE) - RATE
            fades = length - at if at > ATTACK else at * (length - ATTACK) // ATTACK
            yield LOUDEST * triangle // RATE * fades // length


def content() -> bytes:
    """The file: 16 bits, one channel."""
    written = io.BytesIO()
    with wave.open(written, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(b"".join(each.to_bytes(2, "little", signed=True) for each in samples()))
    return written.getvalue()


def main() -> int:
    wanted = content()
    if not FILE.is_file() or FILE.read_bytes() != wanted:
        fresh = FILE.with_suffix(".new")
        fresh.write_bytes(wanted)
        fresh.replace(FILE)
    return 0


if __name__ == "__main__":
    sys.exit(main())
