"""Where a known sound lies in a recording, and how much of it is there.

A sound is looked for in pieces: each piece is correlated with the recording, the pieces vote for one common place, and
then each must lie within `DRIFT` of its own. One slip inside a piece, where a jitter buffer left out or filled in a few
packets, is mended before it is judged: a short word is a single piece. So a lost or repeated packet, another level and
G.711 do not hide a prompt, while another sentence of the same voice does not pass for it. It recognises sounds that are
known, it does not understand speech.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from .wav import QUIET, RATE, Samples

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
SURE = 0.7
"""Correlation that a piece needs which was mended, or is all that there is. Two halves of other words fit a little
better than a whole, and short words of one voice are alike to 0.6."""
PLACES = 3
"""How many places are judged: a word that slipped may fit less well as a whole than another word of the same voice."""


@dataclass(frozen=True, slots=True)
class Found:
    score: float
    """Normalised correlation, 0…1, weighted by energy."""
    coverage: float
    """The part of the sound, 0…1 by energy, that is there."""
    place: int
    """The sample of the recording at which the sound begins; negative where its beginning was missed."""


def find(heard: Samples, wanted: Samples) -> Found | None:
    """The best place of a sound in a recording; None where one of both is too short or silent."""
    import numpy as np

    pieces = _pieces(wanted)
    if len(heard) < PIECE // 4 or not pieces:
        return None
    # Room on both sides, so that a prompt whose beginning or end was missed still lies on the scale.
    padded = np.concatenate([np.zeros(len(wanted)), heard, np.zeros(len(wanted))])
    recording = _Recording(padded)
    curves = [(at, weight, piece, recording.correlate(piece)) for at, weight, piece in pieces]
    votes = np.zeros(len(padded))
    for at, weight, _, curve in curves:
        shifted = np.clip(curve[at:], 0, None)
        votes[: len(shifted)] += weight * shifted**2
    best = Found(0.0, 0.0, 0)
    for rank, place in enumerate(_strongest(_widened(votes))):
        score = coverage = 0.0
        for at, weight, piece, curve in curves:
            there = _found(padded, piece, curve, place + at)
            score += weight * there
            coverage += weight * (there >= (FOUND if len(pieces) > 1 else SURE))
        # Where fewer pieces vote for it a place must be the surer: a voice finds something of itself in many.
        if score > best.score and (rank == 0 or score >= SURE):
            best = Found(min(score, 1.0), min(coverage, 1.0), place - len(wanted))
        if score >= DOUBTFUL[1]:
            break
    return best


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


class _Recording:
    """Samples in which many pieces are looked for: what all of them need is made once."""

    def __init__(self, samples: Samples) -> None:
        import numpy as np

        self._length, self._size = len(samples), 1 << (len(samples) + PIECE - 1).bit_length()
        self._spectrum = np.fft.rfft(samples, self._size)
        self._energies = np.concatenate([[0.0], np.cumsum(samples**2)])

    def correlate(self, piece: Samples) -> Samples:
        """Normalised correlation at each place of the recording, as long as the recording."""
        import numpy as np

        product = self._spectrum * np.conj(np.fft.rfft(piece, self._size))
        raw = np.fft.irfft(product, self._size)[: self._length]
        ends = np.minimum(np.arange(len(piece), len(piece) + self._length), self._length)
        energy = self._energies[ends] - self._energies[:-1]
        return np.asarray(raw / np.sqrt(np.maximum(energy, _floor(piece)) * np.sum(piece**2)))


def _floor(piece: Samples) -> float:
    """Against near silence any noise would look alike: under this energy places count for nothing."""
    return float(len(piece) * 10 ** (QUIET / 10) / 4)


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
        mended = _mended(heard, piece, first + peak)
        if mended >= SURE:
            return mended
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
    best = 0.0
    for slip in range(-reach, reach + 1, PACKET):
        second = slice(first.start + slip, first.stop + slip)
        raw = before[:-1, first] + before[-1, second] - before[:-1, second]
        energy = loud[:-1, first] + loud[-1, second] - loud[:-1, second]
        matched = raw / np.sqrt(np.maximum(energy, _floor(piece)) * np.sum(piece**2))
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
