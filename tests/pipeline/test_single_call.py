"""One call for the engineer: what is told while it goes on, and which known sounds are found in it."""

from __future__ import annotations

import asyncio

import pytest

from provisioner.adapters.audio.measure import NumpyEar
from provisioner.adapters.audio.speak import NumpyVoice
from provisioner.adapters.audio.wav import read, write
from provisioner.core.errors import UsageError
from provisioner.core.ports.sip import CallState
from provisioner.pipeline.single_call import Act, acts, place, recognised

VOICE = NumpyVoice()


class Line:
    """An agent and its call in one: goes through `states`, one at each wait that may end."""

    def __init__(self, *states: CallState, reason: str = "") -> None:
        self.coming, self.state, self.reason = list(states), CallState.TRYING, ""
        self.why, self.pressed, self.ended = reason, "", False
        self.played: list[bytes] = []

    async def call(self, _: str) -> Line:
        return self

    async def until(self, *states: CallState, timeout: float) -> CallState:
        while self.coming and self.state not in (*states, CallState.ENDED):
            self.state = self.coming.pop(0)
        if self.state is CallState.ENDED:
            self.reason = self.why
        if self.state not in (*states, CallState.ENDED):
            raise TimeoutError(timeout)
        return self.state

    async def press(self, key: str) -> None:
        self.pressed += key

    async def play(self, wav: bytes) -> None:
        self.played.append(wav)

    async def hang_up(self) -> None:
        self.ended = True


RING, UP, END = CallState.RINGING, CallState.UP, CallState.ENDED


@pytest.mark.parametrize(
    ("line", "told", "pressed"),
    [
        (Line(RING, UP), ["dialled", "ringing", "answered", "pressed 1", "pressed 2", "hung up"], "12"),
        (Line(UP), ["dialled", "answered", "pressed 1", "pressed 2", "hung up"], "12"),
        (Line(UP, END, reason="the other side hung up"), ["dialled", "answered", "the other side hung up"], ""),
        (Line(RING, END, reason="486 Busy Here"), ["dialled", "ringing", "ended: 486 Busy Here"], ""),
        (Line(END, reason="404 Not Found"), ["dialled", "ended: 404 Not Found"], ""),
        (Line(RING), ["dialled", "ringing", "nobody answered: still ringing"], ""),
        (Line(), ["dialled", "nobody answered: still trying"], ""),
    ],
    ids=["answered", "answered at once", "they hang up", "busy", "refused", "nobody", "no platform"],
)
def test_what_is_told(line: Line, told: list[str], pressed: str) -> None:
    words: list[str] = []
    asyncio.run(place(line, "100", does=acts("12"), sounds={}, seconds=0, tell=words.append))  # type: ignore[arg-type]
    assert words == told
    assert line.pressed == pressed
    assert line.ended


def test_words_are_said_between_keys() -> None:
    line, words = Line(UP), list[str]()
    sounds = {"Anna Ek": (b"her name", 1.5)}
    asyncio.run(place(line, "100", does=acts("1,[Anna Ek]#"), sounds=sounds, seconds=0, tell=words.append))  # type: ignore[arg-type]
    assert words == ["dialled", "answered", "pressed 1", "said 'Anna Ek'", "pressed #", "hung up"]
    assert (line.pressed, line.played) == ("1#", [b"her name"])


def test_what_is_done_is_read_part_by_part() -> None:
    assert acts("1,[Anna Ek]#") == (Act("1"), Act(), Act(words="Anna Ek"), Act("#"))


@pytest.mark.parametrize(("written", "found"), [("1x2", "'x2'"), ("[Anna", "'\\[Anna'"), ("1[]", "'\\[]'")])
def test_what_is_neither_key_nor_words_is_told(written: str, found: str) -> None:
    with pytest.raises(UsageError, match=found):
        acts(written)


def test_known_sounds_are_named_in_the_order_they_came() -> None:
    one, two, three = (VOICE.signature(str(number), 2) for number in range(3))
    recording = write([*read(two), *([0.0] * 8000), *read(one)])
    found = recognised(NumpyEar(), recording, {"one": one, "two": two, "three": three})
    assert [each.words for each in found] == ["two", "one"]
    assert found[1].offset == pytest.approx(2.98, abs=0.1)
