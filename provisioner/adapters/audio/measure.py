"""What is in a recording: level, tones, and whether a given prompt was heard.

A tone counts in a frame of 40 ms when it holds most of the frame's energy and is louder than the noise of a line.
How a prompt is looked for stands in `match`.
"""

from __future__ import annotations

import math

from provisioner.core.ports.ear import Match, Tone

from .match import find
from .wav import QUIET, RATE, Samples, read

FRAME = RATE // 25
DOMINANT = 0.7
"""The part of a frame's energy that a tone must hold."""


class NumpyEar:
    """The `Ear` port."""

    def seconds(self, wav: bytes) -> float:
        return len(read(wav)) / RATE

    def level(self, wav: bytes, start: float = 0.0, end: float | None = None) -> float:
        import numpy as np

        frames = _frames(_span(wav, start, end), RATE // 10)
        if not len(frames):
            return -math.inf
        return _decibel(float(np.max(np.mean(frames**2, axis=1))))

    def tone(self, wav: bytes, hertz: float, start: float = 0.0, end: float | None = None) -> Tone:
        import numpy as np

        samples = _span(wav, start, end)
        frames = _frames(samples, FRAME)
        if not len(frames):
            return Tone(hertz, 0.0, -math.inf, 0.0, len(samples) / RATE)
        window = np.hanning(FRAME)
        turn = np.exp(-2j * math.pi * hertz * np.arange(FRAME) / RATE)
        shaped = (frames - frames.mean(axis=1, keepdims=True)) * window
        amplitude = 2 * np.abs(shaped @ turn) / float(np.sum(window))
        tone_power, power = amplitude**2 / 2, np.mean(frames**2, axis=1)
        loud = power > 10 ** (QUIET / 10)
        present = loud & (tone_power >= DOMINANT * power)
        return Tone(
            hertz,
            float(np.mean(present)),
            _decibel(float(np.mean(tone_power[present]))) if present.any() else -math.inf,
            _longest_gap(present) * FRAME / RATE,
            len(samples) / RATE,
        )

    def match(self, wav: bytes, reference: bytes, start: float = 0.0) -> Match:
        lead, wanted = _trimmed(read(reference))
        found = find(_span(wav, start, None), wanted)
        return (
            Match(found.score, found.coverage, start + (found.place - lead) / RATE) if found else Match(0.0, 0.0, 0.0)
        )


def _span(wav: bytes, start: float, end: float | None) -> Samples:
    samples = read(wav)
    return samples[int(start * RATE) : None if end is None else int(end * RATE)]


def _frames(samples: Samples, length: int) -> Samples:
    return samples[: len(samples) // length * length].reshape(-1, length)


def _decibel(power: float) -> float:
    return 10 * math.log10(power) if power > 0 else -math.inf


def _longest_gap(present: Samples) -> int:
    """Frames between the first and last present one that hold no tone, longest run."""
    import numpy as np

    places = np.flatnonzero(present)
    return int(np.max(np.diff(places)) - 1) if len(places) > 1 else 0


def _trimmed(samples: Samples) -> tuple[int, Samples]:
    """The sound without the silence around it, and how much was cut before it."""
    import numpy as np

    loud = np.flatnonzero(np.abs(samples) > 10 ** (QUIET / 20))
    return (int(loud[0]), samples[loud[0] : loud[-1] + 1]) if len(loud) else (0, samples[:0])
