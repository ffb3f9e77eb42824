"""Listening to a recording that grows: nothing is missed at the seams, and no second is listened to for ever."""

from __future__ import annotations

import asyncio

import numpy as np
import pytest

from provisioner.adapters.audio.measure import NumpyEar
from provisioner.adapters.audio.speak import NumpyVoice
from provisioner.adapters.audio.wav import RATE, read, write
from provisioner.core.ports.ear import Match
from provisioner.pipeline.listening import SLACK, Listening

EAR, SOUND = NumpyEar(), NumpyVoice().signature("welcome", 3.0)


def looks(listening: Listening, samples: np.ndarray, step: float) -> list[Match]:
    """What each look finds while the recording grows by `step` seconds."""

    async def grow() -> list[Match]:
        ends = np.arange(step, len(samples) / RATE + step, step)
        return [await listening.look(write(samples[: int(end * RATE)])) for end in ends]

    return asyncio.run(grow())


@pytest.mark.parametrize("before", [0.0, 0.7, 2.9, 9.3])
@pytest.mark.parametrize("step", [0.3, 0.5, 2.0])
def test_a_sound_is_found_wherever_it_begins(before: float, step: float) -> None:
    samples = np.concatenate([np.zeros(int(before * RATE)), read(SOUND), np.zeros(RATE)])
    found = looks(Listening(EAR, SOUND), samples, step)
    assert found[-1].heard
    assert found[-1].offset == pytest.approx(before, abs=0.03)


def test_what_was_listened_to_is_left_aside() -> None:
    listening = Listening(EAR, SOUND)
    assert not any(each.heard for each in looks(listening, np.zeros(20 * RATE), 0.5))
    assert listening.begin == pytest.approx(20 - 3 - SLACK, abs=0.5)


def test_what_came_before_the_beginning_does_not_count() -> None:
    samples = np.concatenate([read(SOUND), np.zeros(5 * RATE)])
    listening = Listening(EAR, SOUND, begin=3.5)
    assert not any(each.heard for each in looks(listening, samples, 0.5))
    assert listening.best.score < 0.5
