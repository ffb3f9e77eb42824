"""One loudness for all that callers hear.

Measured is what sounds, not the pauses between (in the manner of ITU-T P.56), so that a recording with long pauses is
no louder than another. What would clip is bent instead, so that a few loud syllables do not keep a whole prompt down.
The program `roles/asterisk/files/recorded_prompts.py` does the same on the core node, where there is no numpy.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..audio.wav import Samples
else:
    Samples = Any

FRAME = 160
GATE = 10**-1.59
"""Frames of 20 ms with less than this part of the active level are pauses."""
QUIETEST = -70.0
"""An upload whose loudest frame is not even so loud is silent."""
LOUDNESS, MOST_GAIN = -20.0, 50.0
"""RMS in dBFS of what sounds; speech then peaks near -3 dBFS, as telephone networks expect."""
KNEE = 0.7


def loudness(sound: Samples) -> float | None:
    """In dBFS; None for silence."""
    import numpy as np

    powers = np.mean(sound[: len(sound) // FRAME * FRAME].reshape(-1, FRAME) ** 2, axis=1)
    if powers.max(initial=0.0) <= 10 ** (QUIETEST / 10):
        return None
    active, before = float(powers.mean()), 0.0
    while active > before * 1.0001:
        active, before = float(powers[powers >= active * GATE].mean()), active
    return 10 * math.log10(active)


def levelled(sound: Samples) -> Samples | None:
    """At `LOUDNESS`, with a tenth of a second of silence around it; None where the sound is silent."""
    import numpy as np

    found = loudness(sound)
    if found is None:
        return None
    raised = sound * 10 ** (min(LOUDNESS - found, MOST_GAIN) / 20)
    size = np.abs(raised)
    bent = np.where(size > KNEE, KNEE + (1 - KNEE) * np.tanh((size - KNEE) / (1 - KNEE)), size)
    return np.asarray(np.pad(np.copysign(bent, raised), FRAME * 5))
