#!/usr/bin/python3
"""Makes the tone that waiting callers hear where a tenant has no music: two soft notes every four seconds."""

import math
import struct
import sys
import wave
from pathlib import Path

RATE, LEVEL = 8000, 2500
NOTES = ((0.0, 523.25), (0.35, 392.0))
NOTE_SECONDS, SECONDS = 0.9, 4


def sample(moment: float) -> int:
    total = 0.0
    for start, pitch in NOTES:
        age = moment - start
        if 0 <= age < NOTE_SECONDS:
            swell = min(age / 0.02, 1) * (1 - age / NOTE_SECONDS) ** 2
            total += swell * math.sin(2 * math.pi * pitch * age)
    return round(LEVEL * total)


target = Path(sys.argv[1])
fresh = target.with_suffix(".new")
with wave.open(str(fresh), "wb") as out:
    out.setnchannels(1)
    out.setsampwidth(2)
    out.setframerate(RATE)
    frames = (struct.pack("<h", sample(index / RATE)) for index in range(RATE * SECONDS))
    out.writeframes(b"".join(frames))
fresh.chmod(0o644)
fresh.replace(target)
