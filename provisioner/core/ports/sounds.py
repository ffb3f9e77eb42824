"""The port to whatever makes sounds from recipes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Protocol

from ..artifacts import Makeable
from ..errors import PbxError

Made = Callable[[int, int], None]
"""Progress: so many sounds are there, of so many."""


class SoundFailed(PbxError):
    """A sound could not be made; the message names the recipe."""


class SoundMaker(Protocol):
    """Makes what callers hear: WAV, 8 kHz, 16 bits, one channel, all equally loud."""

    def make(self, recipes: Iterable[Makeable], progress: Made | None = None) -> Mapping[str, str]:
        """recipe digest → path of its sound. What was made before is not made again; raises `SoundFailed`."""
