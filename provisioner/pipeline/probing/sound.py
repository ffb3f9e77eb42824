"""The steps of a probe that are heard: prompts, speech, talk in both directions, messages left."""

from __future__ import annotations

import asyncio

from provisioner.core import probes as p
from provisioner.core.artifacts import named
from provisioner.core.ports.ear import Match, Tone
from provisioner.core.ports.sip import CallState, SipCall

from ..listening import Listening
from .outcome import Unmet
from .performance import POLL, Performance

SPOKEN_TONES = (1020.0, 1840.0)
"""Hertz: neither is a DTMF frequency, a harmonic of the other, or a tone of the network."""
PATIENCE = 4.0
"""Seconds for which two that speak are listened to again: a machine that stalls loses packets of every call on it."""


async def hears(run: Performance, step: p.Hears) -> str:
    call, key = run.call(step.party), run.key(step.party)
    reference = await run.bench.sounds(step.sound)
    length, deadline = run.bench.ear.seconds(reference), asyncio.get_running_loop().time() + step.within
    begin = run.listened.get(key, 0.0)
    listening = Listening(run.bench.ear, reference, begin)
    # Listening costs a transfer and a correlation, so it waits until the sound can have come.
    deadline += length
    await run.until(call, min(length, step.within))
    ended = False
    while True:
        # Looked at once more after its end: until then the recording is not whole.
        final, ended = ended, call.state is CallState.ENDED
        wav = await call.heard()
        match = await listening.look(wav)
        if match.heard:
            run.listened[key] = max(begin, match.offset + length - 0.2)
            return f"match {match.score:.2f} at {match.offset:.1f} s"
        if final or asyncio.get_running_loop().time() > deadline:
            raise Unmet(await _instead(run, wav, begin, listening.best, call))
        await asyncio.sleep(POLL)


async def _instead(run: Performance, wav: bytes, begin: float, best: Match, call: SipCall) -> str:
    """What was heard in place of the expected sound."""
    ear, end = run.bench.ear, f"; the call ended: {call.reason}" if call.state is CallState.ENDED else ""
    seconds = ear.seconds(wav) - begin
    if seconds <= 0:
        return f"no sound came at all{end}"
    level = ear.level(wav, begin)
    if level < -50:
        return f"{seconds:.1f} s of silence{end}"
    others = []
    for sound in run.bench.repertoire(run.probe.tenant):
        match = await asyncio.to_thread(ear.match, wav, await run.bench.sounds(sound), begin)
        if match.heard:
            others.append((match.offset, sound))
    told = ", then ".join(named(sound) for _, sound in sorted(others, key=lambda each: each[0]))
    what = told or f"{seconds:.1f} s of other sound at {level:.0f} dB, best match {best.score:.2f}"
    return f"{what}{end}"


async def speaks(run: Performance, step: p.Speaks) -> None:
    call, key = run.call(step.party), run.key(step.party)
    await run.until_up(call, 10)
    run.spoken[key] = run.bench.voice.signature(f"{run.probe.tenant}/{run.probe.id}/{key}", step.seconds)
    await call.play(run.spoken[key])
    await run.until(call, step.seconds + 0.4)
    if call.state is CallState.ENDED:
        raise Unmet(f"the call ended while it spoke: {call.reason}")


async def talk_both_ways(run: Performance, step: p.TalkBothWays) -> str:
    sides = (step.one, step.other)
    calls = [run.call(party) for party in sides]
    for call in calls:
        await run.until_up(call, 10)
    for call, tone in zip(calls, SPOKEN_TONES, strict=True):
        await call.play(run.bench.voice.tone(tone, step.seconds + PATIENCE + 3))
    # Measured by seconds in which everybody has begun to speak.
    await asyncio.sleep(step.seconds + 0.6)
    deadline = asyncio.get_running_loop().time() + PATIENCE
    while True:
        told = [await _heard_of(calls[index], 1 - index, run, step.seconds) for index in (0, 1)]
        missing = [index for index in (0, 1) if not told[index].heard]
        if not missing:
            return " and ".join(map(_share, told))
        if asyncio.get_running_loop().time() > deadline:
            raise Unmet(
                "; ".join(f"{sides[each]} does not hear {sides[1 - each]} ({_share(told[each])})" for each in missing)
            )
        await asyncio.sleep(POLL)


async def _heard_of(call: SipCall, speaker: int, run: Performance, seconds: float) -> Tone:
    """How much of the last seconds of what a party heard is the tone of the other one."""
    wav = await call.heard()
    return run.bench.ear.tone(wav, SPOKEN_TONES[speaker], max(run.bench.ear.seconds(wav) - seconds, 0))


def _share(tone: Tone) -> str:
    return f"{tone.share:.0%} at {tone.level:.0f} dB"


async def message_left(run: Performance, step: p.MessageLeft) -> str:
    core, tenant = run.bench.core, run.probe.tenant
    spoken = run.spoken.get(run.key(step.speaker))
    if spoken is None:
        raise Unmet(f"{step.speaker} said nothing before")
    deadline, best = asyncio.get_running_loop().time() + step.within, Match(0, 0, 0)
    while True:
        new = await run.messages(step.mailbox) - run.before.get(step.mailbox, frozenset())
        for name in sorted(new):
            match = run.bench.ear.match(await core.message(tenant, step.mailbox, name), spoken)
            best = max(best, match, key=lambda each: each.score)
            if match.heard:
                return f"match {match.score:.2f}"
        if asyncio.get_running_loop().time() > deadline:
            count = f"{len(new)} new messages, best match {best.score:.2f}" if new else "no new message"
            raise Unmet(count)
        await asyncio.sleep(POLL)
