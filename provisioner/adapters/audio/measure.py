"""What is in a recording: level, tones, and whether a given prompt was heard.

A tone counts in a frame of 40 ms when it holds most of the frame's energy and is louder than the noise of a line.
A prompt is looked for in pieces: each piece of the reference is correlated with the recording, the pieces vote for one
common offset, and then each must lie within `DRIFT` of its place. One slip inside a piece, where a jitter buffer left
out or filled in a few packets, is mended before it is judged: a short word is a single piece. So a lost or repeated
packet, another level and G.711 do not hide a prompt, while another sentence of the same voice does not pass for it.
It recognises sounds that are known, it does not understand speech.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise

from provisioner.core.ports.ear import Match, Tone

from .wav import RATE, Samples, read

FRAME = RATE // 25
QUIET = -50.0
"""dBFS under which a frame is taken as silence."""
DOMINANT = 0.7
"""The part of a frame's energy that a tone must hold."""
PIECE = 6400
"""Samples: 0.8 s hold about four syllables, enough to tell sentences of one synthetic voice apart."""
DRIFT = RATE
"""Samples: how far a piece may lie from its place; a machine that stalls delays all that follows."""
FOUND = 0.5
"""Correlation from which a piece counts as there."""
BLOCK = RATE // 25
"""Samples: where a piece may be split to mend a slip; half of it, 20 ms, does not spoil the correlation of a word."""
PACKET = RATE // 50
"""Samples: what a telephone leaves out or fills in is a whole number of packets of 20 ms."""
SLIP = 3
"""Packets: the longest slip that is mended."""
DOUBTFUL = 0.3, 0.8
"""A piece is mended between these: under them nothing of it is there, above them there is nothing to mend."""
PLACES = 3
"""How many places are judged: a word that slipped may fit less well as a whole than another word of the same voice."""


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
        import numpy as np

        heard = _span(wav, start, None)
        lead, wanted = _trimmed(read(reference))
        pieces = _pieces(wanted)
        if len(heard) < PIECE // 4 or not pieces:
            return Match(0.0, 0.0, 0.0)
        # Room on both sides, so that a prompt whose beginning or end was missed still lies on the scale.
        padded = np.concatenate([np.zeros(len(wanted)), heard, np.zeros(len(wanted))])
        curves = [(at, weight, piece, _correlate(padded, piece)) for at, weight, piece in pieces]
        votes = np.zeros(len(padded))
        for at, weight, _, curve in curves:
            shifted = np.clip(curve[at:], 0, None)
            votes[: len(shifted)] += weight * shifted**2
        best, where = (0.0, 0.0), 0
        for place in _strongest(_widened(votes)):
            score = coverage = 0.0
            for at, weight, piece, curve in curves:
                there = _found(padded, piece, curve, place + at)
                score += weight * there
                coverage += weight * (there >= FOUND)
            if (score, coverage) > best:
                best, where = (score, coverage), place
            if score >= DOUBTFUL[1]:
                break
        return Match(min(best[0], 1.0), min(best[1], 1.0), start + (where - len(wanted) - lead) / RATE)


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


def _pieces(wanted: Samples) -> list[tuple[int, float, Samples]]:
    """Offset, share of the energy, and samples of each half-overlapping piece."""
    import numpy as np

    starts = range(0, max(len(wanted) - PIECE // 2, 1), PIECE // 2)
    pieces = [(at, wanted[at : at + PIECE]) for at in starts]
    energies = [float(np.sum(piece**2)) for _, piece in pieces]
    total = sum(energies)
    # A pause holds no proof.
    floor = 0.02 * max(energies, default=0.0)
    return [
        (at, energy / total, piece)
        for (at, piece), energy in zip(pieces, energies, strict=True)
        if total and energy > floor
    ]


def _correlate(heard: Samples, piece: Samples) -> Samples:
    """Normalised correlation at each place of `heard`, as long as `heard`."""
    import numpy as np

    size = 1 << (len(heard) + len(piece) - 1).bit_length()
    product = np.fft.rfft(heard, size) * np.conj(np.fft.rfft(piece, size))
    raw = np.fft.irfft(product, size)[: len(heard)]
    sums = np.concatenate([[0.0], np.cumsum(heard**2), np.full(len(piece), np.sum(heard**2))])
    energy = sums[len(piece) : len(piece) + len(heard)] - sums[: len(heard)]
    # Against near silence any noise would look alike: the floor makes such places count for nothing.
    floor = len(piece) * 10 ** (QUIET / 10) / 4
    return np.asarray(raw / np.sqrt(np.maximum(energy, floor) * np.sum(piece**2)))


def _found(heard: Samples, piece: Samples, curve: Samples, place: int) -> float:
    """How well the piece is heard within `DRIFT` of its place, 0…1."""
    import numpy as np

    first = max(place - DRIFT, 0)
    near = curve[first : place + DRIFT + 1]
    if not len(near):
        return 0.0
    peak = int(np.argmax(near))
    best = max(float(near[peak]), 0.0)
    if DOUBTFUL[0] < best < DOUBTFUL[1]:
        best = max(best, _mended(heard, piece, first + peak))
    return best


def _mended(heard: Samples, piece: Samples, peak: int) -> float:
    """The best correlation when the piece may be split once and its parts lie up to `SLIP` packets further apart.

    `peak` is where the whole piece fits best, which is where its longer part lies. Rows are the splits, columns the
    places of the first part.
    """
    import numpy as np

    reach = SLIP * PACKET
    # The first part lies up to a slip beside the peak, the second up to a slip beside the first.
    places = 4 * reach + 1
    around = np.concatenate([np.zeros(2 * reach), heard, np.zeros(2 * reach + len(piece))])
    around = around[peak : peak + places + len(piece)]
    edges = [*range(0, len(piece), BLOCK), len(piece)]
    size = 1 << (len(around) - 1).bit_length()
    spectrum = np.fft.rfft(around, size)
    loudness = np.concatenate([[0.0], np.cumsum(around**2)])
    products, energies = [], []
    for begin, end in pairwise(edges):
        block = np.zeros(size)
        block[begin:end] = piece[begin:end]
        products.append(np.fft.irfft(spectrum * np.conj(np.fft.rfft(block)), size)[:places])
        energies.append(loudness[end : end + places] - loudness[begin : begin + places])
    before, loud = np.cumsum(products, axis=0), np.cumsum(energies, axis=0)
    first = slice(reach, places - reach)
    floor = len(piece) * 10 ** (QUIET / 10) / 4
    best = 0.0
    for slip in range(-reach, reach + 1, PACKET):
        second = slice(first.start + slip, first.stop + slip)
        raw = before[:-1, first] + before[-1, second] - before[:-1, second]
        energy = loud[:-1, first] + loud[-1, second] - loud[:-1, second]
        matched = raw / np.sqrt(np.maximum(energy, floor) * np.sum(piece**2))
        best = max(best, float(matched.max(initial=0.0)))
    return best


def _strongest(votes: Samples) -> Iterator[int]:
    """The `PLACES` that have most votes, half a piece apart at least."""
    import numpy as np

    left = votes.copy()
    for _ in range(PLACES):
        place = int(np.argmax(left))
        yield place
        left[max(place - PIECE // 2, 0) : place + PIECE // 2] = 0.0


def _widened(votes: Samples) -> Samples:
    """The sum of the votes within 20 ms."""
    import numpy as np

    return np.convolve(votes, np.ones(RATE // 50), mode="same")
