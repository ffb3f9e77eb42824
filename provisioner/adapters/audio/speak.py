"""What the agents say: tones, silence, and melodies that can be found again in a recording.

A melody of short notes correlates with itself only, survives G.711 and a jitter buffer, and holds no pair of
frequencies that could pass for a DTMF key. It is made from the seed alone, equal on every machine.
"""

from __future__ import annotations

import hashlib
import math

from .wav import RATE, Samples, read, write

NOTE = RATE * 9 // 100
LOUDNESS = 0.35
"""Of full scale: about the level of a near talker (-12 dBFS), far from clipping where calls are mixed."""


class NumpyVoice:
    """The `Voice` port."""

    def tone(self, hertz: float, seconds: float) -> bytes:
        import numpy as np

        return write(LOUDNESS * np.sin(2 * math.pi * hertz * np.arange(int(seconds * RATE)) / RATE))

    def silence(self, seconds: float) -> bytes:
        import numpy as np

        return write(np.zeros(int(seconds * RATE)))

    def signature(self, seed: str, seconds: float) -> bytes:
        import numpy as np

        count = max(int(seconds * RATE / NOTE), 1)
        return write(np.concatenate([_note(seed, index) for index in range(count)]))

    def padded(self, wav: bytes, seconds: float) -> bytes:
        import numpy as np

        return write(np.concatenate([read(wav), np.zeros(int(seconds * RATE))]))


def _note(seed: str, index: int) -> Samples:
    import numpy as np

    drawn = hashlib.sha256(f"{seed}\0{index}".encode()).digest()
    hertz = 350 + int.from_bytes(drawn[:4]) % 2600
    place = np.arange(NOTE) / RATE
    # A glide: its correlation has one narrow peak, where a steady note would have one at each period.
    glide = 2 * math.pi * (hertz * place + (drawn[4] - 128) * 8 * place**2)
    return np.asarray(LOUDNESS * np.sin(glide) * np.sin(math.pi * np.arange(NOTE) / NOTE) ** 0.5)
