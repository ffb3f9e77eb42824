"""The port through which the verifier judges sound. WAV files go in as bytes, plain figures come out.

Nothing here knows SIP. Levels are in dB relative to the full scale of 16-bit samples (a sine at full scale is -3);
times are in seconds from the first sample of the recording.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Tone:
    """How much of a recording is one steady tone."""

    hertz: float
    share: float
    """The part of the time, 0…1, in which the tone is present and dominates."""
    level: float
    """Mean level of the frames that hold the tone, dBFS; -inf where none does."""
    longest_gap: float
    """The longest break between the first and the last time that it is heard."""
    seconds: float
    """The length of what was listened to."""

    @property
    def heard(self) -> bool:
        return self.seconds > 0.2 and self.share >= 0.8


@dataclass(frozen=True, slots=True)
class Match:
    """How well a reference is found in a recording."""

    score: float
    """Normalised correlation, 0…1, weighted by energy over the reference; independent of level."""
    coverage: float
    """The part of the reference, 0…1 by energy, that is there at its place."""
    offset: float
    """Where the reference begins in the recording; negative where its beginning was missed."""

    @property
    def heard(self) -> bool:
        return self.score >= 0.6 and self.coverage >= 0.7


class Ear(Protocol):
    def seconds(self, wav: bytes) -> float:
        """The length of a recording; a file whose writer has not finished is measured as far as it goes."""
        ...

    def level(self, wav: bytes, start: float = 0.0, end: float | None = None) -> float:
        """The level of the loudest tenth of a second, dBFS; digital silence and an empty span are -inf."""
        ...

    def tone(self, wav: bytes, hertz: float, start: float = 0.0, end: float | None = None) -> Tone: ...

    def match(self, wav: bytes, reference: bytes, start: float = 0.0) -> Match:
        """Looks for `reference` anywhere after `start`."""
        ...


class Voice(Protocol):
    """Makes what an agent plays; every result is mono, 8 kHz, 16 bits."""

    def tone(self, hertz: float, seconds: float) -> bytes: ...

    def silence(self, seconds: float) -> bytes: ...

    def signature(self, seed: str, seconds: float) -> bytes:
        """A melody that no other seed gives: what an agent 'says' so that it can be found again."""
        ...

    def padded(self, wav: bytes, seconds: float) -> bytes:
        """The sound at 8 kHz, followed by silence."""
        ...
