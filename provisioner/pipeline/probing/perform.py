"""Carrying out one probe: each kind of step is one small method that acts, or waits and judges.

An expectation that is not met raises `Unmet` with what was found instead; trouble with the agents or the machines is
left to raise by itself and makes the probe an error, not a failure.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from provisioner.core import probes as p
from provisioner.core.artifacts import Recipe, Speech
from provisioner.core.ports.ear import Ear, Match, Voice
from provisioner.core.ports.platform import CoreView
from provisioner.core.ports.sip import CallState, SipAgent, SipCall

from .cast import Cast
from .outcome import StepResult, Unmet

POLL = 0.5
RECORDED = 1.0
"""Seconds after a call until its message lies in the mailbox."""
SPOKEN_TONES = (1020.0, 1840.0)
"""Hertz: neither is a DTMF frequency, a harmonic of the other, or a tone of the network."""

Sounds = Callable[[Recipe], Awaitable[bytes]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """The tools of the verifier."""

    cast: Cast
    ear: Ear
    voice: Voice
    core: CoreView
    sounds: Sounds
    """The sound of a recipe as it lies on the core node, a WAV file."""


class Performance:
    """One probe under way."""

    def __init__(self, probe: p.Probe, bench: Bench, known: Collection[Recipe] = ()) -> None:
        self.probe, self.bench, self.known = probe, bench, known
        self.results: list[StepResult] = []
        self.calls: dict[str, SipCall] = {}
        self._dialled: dict[str, tuple[str, str]] = {}
        self._listened: dict[str, float] = {}
        self._spoken: dict[str, bytes] = {}
        self._before: dict[str, frozenset[str]] = {}
        """mailbox → the messages of the probe's callers that lay there already"""
        self._mark = ""

    async def run(self) -> None:
        await self._prepare()
        clock = asyncio.get_running_loop().time
        for step in self.probe.steps:
            begin = clock()
            try:
                found = await _METHODS[type(step)](self, step)
            except Unmet as unmet:
                self.results.append(StepResult(str(step), False, clock() - begin, str(unmet)))
                raise
            except TimeoutError:
                # The probe's own time-out comes as a cancellation, so this is one step that waited in vain.
                self.results.append(StepResult(str(step), False, clock() - begin, "nothing happened"))
                raise Unmet(f"nothing happened within {clock() - begin:.0f} s") from None
            self.results.append(StepResult(str(step), True, clock() - begin, found or ""))

    async def finish(self) -> None:
        """Ends what is still up, and takes the probe's own messages out of the mailboxes: those belong to people."""
        await asyncio.gather(*(call.hang_up() for call in self.calls.values()), return_exceptions=True)
        if self._before:
            await asyncio.sleep(RECORDED)
        for mailbox, before in self._before.items():
            for name in sorted(await self._messages(mailbox) - before):
                await self.bench.core.remove_message(self.probe.tenant, mailbox, name)

    async def trail(self) -> tuple[str, ...]:
        """The nodes of every call that the probe made."""
        found: list[str] = []
        for caller, number in self._dialled.values():
            found += await self.bench.core.trail(self.probe.tenant, self._mark, caller, number)
        return tuple(found)

    async def _prepare(self) -> None:
        await self.bench.cast.enter((self.probe.tenant, party) for party in self.probe.everybody)
        for party in self.probe.everybody:
            (await self._agent(party)).forget_calls()
        self._mark = await self.bench.core.mark(self.probe.tenant)
        if self._callers():
            for mailbox in self.probe.mailboxes:
                self._before[mailbox] = await self._messages(mailbox)

    def _callers(self) -> list[str]:
        """The numbers from outside that the probe calls from: only their messages are the probe's."""
        return [party.number for party in self.probe.parties if isinstance(party, p.Outside)]

    async def _messages(self, mailbox: str) -> frozenset[str]:
        core, tenant = self.bench.core, self.probe.tenant
        return frozenset().union(*[await core.messages(tenant, mailbox, caller) for caller in self._callers()])

    async def _agent(self, party: p.Party) -> SipAgent:
        return await self.bench.cast.agent(self.probe.tenant, party)

    def _key(self, party: p.Party) -> str:
        return self.bench.cast.key(self.probe.tenant, party)

    def _call(self, party: p.Party) -> SipCall:
        try:
            return self.calls[self._key(party)]
        except KeyError:
            raise Unmet(f"{party} is in no call") from None

    # -- registration

    async def registers(self, step: p.Registers) -> str:
        if not step.wrong_password:
            told = await (await self._agent(step.phone)).registration(10)
            if not told.accepted:
                raise Unmet(f"refused: {told.reason}")
            return told.reason
        told = await self.bench.cast.impostor(self.probe.tenant, step.phone)
        if told.accepted:
            raise Unmet(f"accepted: {told.reason}")
        return told.reason

    # -- calls

    async def dials(self, step: p.Dials) -> None:
        agent = await self._agent(step.caller)
        key = self._key(step.caller)
        self._dialled[key] = (step.caller.number if isinstance(step.caller, p.Outside) else "", step.number)
        self._listened.pop(key, None)
        self.calls[key] = await agent.call(step.number)

    async def rings(self, step: p.Rings) -> str:
        phones = step.phone.phones if isinstance(step.phone, p.AnyOf) else (step.phone,)
        waits = [asyncio.create_task((await self._agent(phone)).incoming(step.within)) for phone in phones]
        try:
            call = await _first(waits)
        except TimeoutError:
            raise Unmet(f"no call came within {step.within:g} s{self._callers_fate()}") from None
        self.calls[self._key(step.phone)] = call
        if step.caller and call.caller != step.caller:
            raise Unmet(f"it shows {call.caller or 'no number'}")
        return f"shows {call.caller}" if call.caller else ""

    async def reaches(self, step: p.Reaches) -> str:
        agent = await self._agent(step.network)
        try:
            call = await agent.incoming(step.within)
        except TimeoutError:
            raise Unmet(f"no call came within {step.within:g} s{self._callers_fate()}") from None
        self.calls[self._key(step.network)] = call
        told = await call.identity()
        shown = told.asserted or told.caller
        dialled = unquote(told.dialled)
        if dialled != step.number:
            raise Unmet(f"called as {dialled}, showing {shown or 'no number'}")
        withheld = told.private or told.caller in ("anonymous", "")
        if step.withheld and not withheld:
            raise Unmet(f"the number {shown} is shown")
        if step.caller and (shown != step.caller or withheld):
            raise Unmet(f"it shows {'no number' if withheld else shown}")
        await call.answer()
        await self._until_up(call, 5)
        return f"shows {'no number' if withheld else shown}"

    async def answers(self, step: p.Answers) -> None:
        call = self._call(step.phone)
        if call.state is not CallState.RINGING:
            raise Unmet(f"it no longer rings: {call.state} {call.reason}".rstrip())
        await call.answer()
        await self._until_up(call, 5)

    async def rejects(self, step: p.Rejects) -> None:
        await self._call(step.phone).hang_up()

    async def stays_quiet(self, step: p.StaysQuiet) -> None:
        try:
            call = await (await self._agent(step.phone)).incoming(step.during)
        except TimeoutError:
            return
        self.calls[self._key(step.phone)] = call
        raise Unmet(f"it rings and shows {call.caller or 'no number'}")

    async def is_answered(self, step: p.IsAnswered) -> None:
        await self._until_up(self._call(step.caller), step.within)

    async def presses(self, step: p.Presses) -> None:
        call = self._call(step.party)
        await self._until_up(call, 10)
        # What was heard before the key says nothing of what the key does.
        self._listened[self._key(step.party)] = self.bench.ear.seconds(await call.heard())
        await call.press(step.keys)

    async def waits(self, step: p.Waits) -> None:
        await asyncio.sleep(step.seconds)

    async def hangs_up(self, step: p.HangsUp) -> None:
        await self._call(step.party).hang_up()

    async def is_ended(self, step: p.IsEnded) -> str:
        call = self._call(step.party)
        try:
            await call.until(timeout=step.within)
        except TimeoutError:
            raise Unmet(f"after {step.within:g} s it is still {call.state}") from None
        if step.status and not call.reason.startswith(step.status):
            raise Unmet(call.reason or "it ended without a reason")
        return call.reason

    async def _until_up(self, call: SipCall, within: float) -> None:
        try:
            state = await call.until(CallState.UP, timeout=within)
        except TimeoutError:
            raise Unmet(f"after {within:g} s it is still {call.state}") from None
        if state is not CallState.UP:
            raise Unmet(f"the call ended: {call.reason or 'no reason given'}")

    def _callers_fate(self) -> str:
        ended = [call.reason for key, call in self.calls.items() if key in self._dialled and call.reason]
        return f"; the caller's call ended: {ended[-1]}" if ended else ""

    # -- sound

    async def hears(self, step: p.Hears) -> str:
        call, key = self._call(step.party), self._key(step.party)
        reference = await self.bench.sounds(step.sound)
        length, deadline = self.bench.ear.seconds(reference), asyncio.get_running_loop().time() + step.within
        best, wav, begin = Match(0, 0, 0), b"", self._listened.get(key, 0.0)
        # Listening costs a transfer and a correlation, so it waits until the sound can have come.
        deadline += length
        await self._until(call, min(length, step.within))
        while True:
            ended = call.state is CallState.ENDED
            wav = await call.heard()
            match = await asyncio.to_thread(self.bench.ear.match, wav, reference, begin)
            best = max(best, match, key=lambda each: each.score)
            if match.heard:
                self._listened[key] = max(begin, match.offset + length - 0.2)
                return f"match {match.score:.2f} at {match.offset:.1f} s"
            if ended or asyncio.get_running_loop().time() > deadline:
                raise Unmet(await self._instead(wav, begin, best, call))
            await self._until(call, POLL)

    async def _instead(self, wav: bytes, begin: float, best: Match, call: SipCall) -> str:
        """What was heard in place of the expected sound."""
        ear, end = self.bench.ear, f"; the call ended: {call.reason}" if call.state is CallState.ENDED else ""
        seconds = ear.seconds(wav) - begin
        if seconds <= 0:
            return f"no sound came at all{end}"
        level = ear.level(wav, begin)
        if level < -50:
            return f"{seconds:.1f} s of silence{end}"
        others = []
        for sound in self.known:
            match = await asyncio.to_thread(ear.match, wav, await self.bench.sounds(sound), begin)
            if match.heard:
                others.append((match.offset, sound))
        told = ", then ".join(_named(sound) for _, sound in sorted(others, key=lambda each: each[0]))
        what = told or f"{seconds:.1f} s of other sound at {level:.0f} dB, best match {best.score:.2f}"
        return f"{what}{end}"

    async def speaks(self, step: p.Speaks) -> None:
        call, key = self._call(step.party), self._key(step.party)
        await self._until_up(call, 10)
        self._spoken[key] = self.bench.voice.signature(f"{self.probe.tenant}/{self.probe.id}/{key}", step.seconds)
        await call.play(self._spoken[key])
        await self._until(call, step.seconds + 0.4)
        if call.state is CallState.ENDED:
            raise Unmet(f"the call ended while it spoke: {call.reason}")

    async def talk_both_ways(self, step: p.TalkBothWays) -> str:
        sides = (step.one, step.other)
        calls = [self._call(party) for party in sides]
        for call in calls:
            await self._until_up(call, 10)
        for call, tone in zip(calls, SPOKEN_TONES, strict=True):
            await call.play(self.bench.voice.tone(tone, step.seconds + 3))
        await asyncio.sleep(step.seconds + 0.6)
        missing, told = [], []
        for index, (party, call) in enumerate(zip(sides, calls, strict=True)):
            wav = await call.heard()
            begin = max(self.bench.ear.seconds(wav) - step.seconds, 0)
            tone_heard = self.bench.ear.tone(wav, SPOKEN_TONES[1 - index], begin)
            share = f"{tone_heard.share:.0%} at {tone_heard.level:.0f} dB"
            told.append(share)
            if not tone_heard.heard:
                missing.append(f"{party} does not hear {sides[1 - index]} ({share})")
        if missing:
            raise Unmet("; ".join(missing))
        return f"{told[0]} and {told[1]}"

    async def message_left(self, step: p.MessageLeft) -> str:
        core, tenant = self.bench.core, self.probe.tenant
        spoken = self._spoken.get(self._key(step.speaker))
        if spoken is None:
            raise Unmet(f"{step.speaker} said nothing before")
        deadline, best = asyncio.get_running_loop().time() + step.within, Match(0, 0, 0)
        while True:
            new = await self._messages(step.mailbox) - self._before.get(step.mailbox, frozenset())
            for name in sorted(new):
                match = self.bench.ear.match(await core.message(tenant, step.mailbox, name), spoken)
                best = max(best, match, key=lambda each: each.score)
                if match.heard:
                    return f"match {match.score:.2f}"
            if asyncio.get_running_loop().time() > deadline:
                count = f"{len(new)} new messages, best match {best.score:.2f}" if new else "no new message"
                raise Unmet(count)
            await asyncio.sleep(POLL)

    async def passes(self, step: p.Passes) -> str:
        key = self._key(step.caller)
        if key not in self._dialled:
            raise Unmet(f"{step.caller} made no call")
        found: tuple[str, ...] = ()
        for _ in range(8):
            found = await self.bench.core.trail(self.probe.tenant, self._mark, *self._dialled[key])
            if _in_order(step.nodes, found):
                return " → ".join(found)
            await asyncio.sleep(POLL)
        raise Unmet(" → ".join(found) or "the call left no trail")

    async def _until(self, call: SipCall, seconds: float) -> None:
        """Time passes, but no longer than the call."""
        try:
            await call.until(timeout=max(seconds, 0.01))
        except TimeoutError:
            return


async def _first(waits: Sequence[asyncio.Task[SipCall]]) -> SipCall:
    """What the first of them gives; the others are given up. `TimeoutError` when none gives anything."""
    try:
        for wait in asyncio.as_completed(waits):
            with contextlib.suppress(TimeoutError):
                return await wait
        raise TimeoutError
    finally:
        for each in waits:
            each.cancel()


def _in_order(wanted: Collection[str], found: Collection[str]) -> bool:
    rest = iter(found)
    return all(node in rest for node in wanted)


def _named(sound: Recipe) -> str:
    return f"“{sound.text}”" if isinstance(sound, Speech) else f"the recording {sound.file}"


_METHODS: Mapping[type, Callable[[Performance, Any], Awaitable[str | None]]] = {
    p.Registers: Performance.registers,
    p.Dials: Performance.dials,
    p.Rings: Performance.rings,
    p.Reaches: Performance.reaches,
    p.Answers: Performance.answers,
    p.Rejects: Performance.rejects,
    p.StaysQuiet: Performance.stays_quiet,
    p.IsAnswered: Performance.is_answered,
    p.Hears: Performance.hears,
    p.Presses: Performance.presses,
    p.Waits: Performance.waits,
    p.Speaks: Performance.speaks,
    p.TalkBothWays: Performance.talk_both_ways,
    p.HangsUp: Performance.hangs_up,
    p.IsEnded: Performance.is_ended,
    p.MessageLeft: Performance.message_left,
    p.Passes: Performance.passes,
}
