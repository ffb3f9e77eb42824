"""Waiting for a sound in a recording that grows while the call is up."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from provisioner.core.ports.ear import Ear, Match

SLACK = 1.5
"""Seconds by which parts of a sound may come later than they should and still be taken for it."""


@dataclass
class Listening:
    """One sound that is listened for, from the second `begin` of the recording on.

    What has been listened to once is left aside: the longer a call lasts, the more a look would cost.
    """

    ear: Ear
    sound: bytes
    begin: float = 0.0
    best: Match = field(default=Match(0.0, 0.0, 0.0))

    async def look(self, recording: bytes) -> Match:
        """Whether the recording, as far as it goes, holds the sound; `best` keeps the nearest that was found."""
        match = await asyncio.to_thread(self.ear.match, recording, self.sound, self.begin)
        self.best = max(self.best, match, key=lambda each: each.score)
        self.begin = max(self.begin, self.ear.seconds(recording) - self.ear.seconds(self.sound) - SLACK)
        return match
