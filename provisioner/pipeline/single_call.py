"""One call for somebody who wants to hear for herself: dial, press keys, listen, and tell what was heard.

It judges nothing; test calls that expect something are `verify`'s.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from provisioner.core.ports.ear import Ear
from provisioner.core.ports.sip import CallState, SipAgent, SipCall

TRY_SECONDS = 10.0
RING_SECONDS = 60.0
BETWEEN_KEYS = 1.0


@dataclass(frozen=True, slots=True)
class Heard:
    """A known sound and where it begins in the recording, in seconds."""

    offset: float
    words: str


async def place(agent: SipAgent, number: str, *, keys: str, seconds: float, tell: Callable[[str], None]) -> SipCall:
    """Dials, waits for an answer, presses the keys one by one and stays on the line; the call is down afterwards."""
    call = await agent.call(number)
    tell("dialled")
    try:
        first = await call.until(CallState.RINGING, CallState.EARLY, CallState.UP, timeout=TRY_SECONDS)
        tell(_words(call))
        if first not in (CallState.UP, CallState.ENDED):
            await call.until(CallState.UP, timeout=RING_SECONDS)
            tell(_words(call))
        answered = call.state is CallState.UP
        for key in keys if answered else "":
            await _on_the_line(call, BETWEEN_KEYS)
            if call.state is CallState.UP:
                await call.press(key)
                tell(f"pressed {key}")
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
