"""One call for somebody who wants to hear for herself: dial, press keys, speak, listen, and tell what was heard.

It judges nothing; test calls that expect something are `verify`'s.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from provisioner.core.errors import UsageError
from provisioner.core.ports.ear import Ear
from provisioner.core.ports.sip import CallState, SipAgent, SipCall

TRY_SECONDS = 10.0
RING_SECONDS = 60.0
BETWEEN_KEYS = 1.0
PAUSE = 2.0
_ACT = re.compile(r"(?P<key>[0-9A-D*#])|(?P<pause>,)|\[(?P<words>[^][]+)\]")


@dataclass(frozen=True, slots=True)
class Act:
    """What the caller does on the line: presses a key, says something, or neither and waits."""

    key: str = ""
    words: str = ""


def acts(written: str) -> tuple[Act, ...]:
    """`1,[Anna Ek]#` in parts; raises UsageError at what is none."""
    found, place = [], 0
    while place < len(written):
        match = _ACT.match(written, place)
        if match is None:
            raise UsageError(
                f"{written[place:]!r} cannot be pressed or said",
                "write keys (0-9 * # A-D), a comma for two seconds more, and words between [ and ]",
            )
        found.append(Act(match["key"] or "", match["words"] or ""))
        place = match.end()
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Heard:
    """A known sound and where it begins in the recording, in seconds."""

    offset: float
    words: str


async def place(
    agent: SipAgent,
    number: str,
    *,
    does: Sequence[Act],
    sounds: Mapping[str, tuple[bytes, float]],
    seconds: float,
    tell: Callable[[str], None],
) -> SipCall:
    """Dials, waits for an answer, does one thing after the other and stays on the line; the call is down afterwards.

    `sounds` are the words of `does` as a WAV file, and how many seconds it takes.
    """
    call = await agent.call(number)
    tell("dialled")
    try:
        first = await call.until(CallState.RINGING, CallState.EARLY, CallState.UP, timeout=TRY_SECONDS)
        tell(_words(call))
        if first not in (CallState.UP, CallState.ENDED):
            await call.until(CallState.UP, timeout=RING_SECONDS)
            tell(_words(call))
        answered = call.state is CallState.UP
        for act in does if answered else ():
            await _on_the_line(call, BETWEEN_KEYS if act.key or act.words else PAUSE)
            if call.state is CallState.UP and act.key:
                await call.press(act.key)
                tell(f"pressed {act.key}")
            elif call.state is CallState.UP and act.words:
                wav, takes = sounds[act.words]
                await call.play(wav)
                await _on_the_line(call, takes)
                tell(f"said {act.words!r}")
        if answered:
            await _on_the_line(call, seconds)
            tell(call.reason if call.state is CallState.ENDED else "hung up")
    except TimeoutError:
        tell(f"nobody answered: still {call.state}")
    finally:
        await call.hang_up()
    return call


def recognised(ear: Ear, recording: bytes, sounds: Mapping[str, bytes]) -> tuple[Heard, ...]:
    """Which of the known sounds (words → WAV file) are in the recording, in order."""
    matches = ((ear.match(recording, sound), words) for words, sound in sounds.items())
    found = (Heard(match.offset, words) for match, words in matches if match.heard)
    return tuple(sorted(found, key=lambda each: each.offset))


async def _on_the_line(call: SipCall, seconds: float) -> None:
    with contextlib.suppress(TimeoutError):
        await call.until(timeout=seconds)


def _words(call: SipCall) -> str:
    return f"{call.state}: {call.reason}" if call.reason else str(call.state)
