"""What a test of the reception does: call tenants from outside and as their users, at any time of day, and listen.

`Reception` is the applied folder. `perform` carries out steps of `provisioner.core.probes`, as `pbx verify` does;
`on_stage` hands a test the telephones themselves, where steps do not say what it wants. One of them at a time: both
begin with telephones that nobody else uses, and end with every call down, every clock right and nothing left running.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Collection, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

from provisioner.core.artifacts import Recipe
from provisioner.core.ports.sip import CallState, SipAgent, SipCall
from provisioner.core.probes import Network, Outside, Party, Phone, Probe, Route, Step, example_caller
from provisioner.pipeline.listening import Listening
from provisioner.pipeline.probing.junit import explain, steps
from provisioner.pipeline.probing.outcome import Outcome, ProbeResult
from provisioner.pipeline.probing.performance import Bench
from provisioner.pipeline.single_call import Heard, recognised
from provisioner.pipeline.validate import Specification
from provisioner.pipeline.verify import verify
from tests.provider_folder import ProviderFolder

EVIDENCE = Path("build/reception")
REGISTERED = 10.0
ANSWERED = 15.0
CALLER = example_caller(0).number

T = TypeVar("T")


def local(specification: Specification, tenant: str, at: str) -> datetime:
    return datetime.fromisoformat(at).replace(tzinfo=ZoneInfo(specification.tenants[tenant].time_zone))


def seconds_until(at: datetime) -> int:
    return round((at - datetime.now(UTC)).total_seconds())


@dataclass
class Stage:
    """The telephones of one test and what they hear. `tenant` is meant wherever none is named."""

    tenant: str
    bench: Bench
    specification: Specification
    _clocks: set[str] = field(default_factory=set)

    # -- who takes part

    async def phone(self, user: str, device: str = "", tenant: str = "") -> SipAgent:
        """A telephone of a user, registered. Without a device it is the user's first."""
        agent = await self._agent(Phone(user, device, tenant))
        told = await agent.registration(REGISTERED)
        assert told.accepted, f"{user}: {told.reason}"
        return agent

    async def outside(self, number: str = CALLER) -> SipAgent:
        """A line of the public network that calls in, shown as `number`."""
        return await self._agent(Outside(number))

    async def network(self, route: Route = Route.TRUNK) -> SipAgent:
        """The public network as the platform calls it; `incoming` tells the calls."""
        return await self._agent(Network(route))

    async def _agent(self, party: Party) -> SipAgent:
        return await self.bench.cast.agent(self.tenant, party)

    # -- calls

    async def dial(self, agent: SipAgent, number: str) -> SipCall:
        """Dials and waits until it is answered, by whatever."""
        call = await agent.call(number)
        state = await call.until(CallState.UP, timeout=ANSWERED)
        assert state is CallState.UP, f"{number}: {call.reason}"
        return call

    async def pick_up(self, agent: SipAgent, within: float = ANSWERED) -> SipCall:
        """Waits for a call and answers it."""
        call = await agent.incoming(within)
        await call.answer()
        assert await call.until(CallState.UP, timeout=5) is CallState.UP
        return call

    # -- time

    async def clock(self, at: str, tenant: str = "") -> None:
        """Makes it that time, `2027-03-01 12:00`, for the tenant's schedules."""
        slug = tenant or self.tenant
        self._clocks.add(slug)
        await self.bench.core.shift_clock(slug, seconds_until(local(self.specification, slug, at)))

    # -- sound

    def prompt(self, name: str, language: str = "", tenant: str = "") -> Recipe:
        """A prompt of the tenant's file; in its own language where none is named, or of no language at all."""
        slug = tenant or self.tenant
        sounds = self.specification.scopes[slug].sounds[name]
        return sounds.get(language or self.specification.tenants[slug].language) or sounds[""]

    async def recognise(self, call: SipCall, sounds: Mapping[str, Recipe]) -> tuple[Heard, ...]:
        """Which of these sounds the call has heard so far, each once, in order, with the second at which it began."""
        files = {words: await self.bench.sounds(recipe) for words, recipe in sounds.items()}
        return await asyncio.to_thread(recognised, self.bench.ear, await call.heard(), files)

    async def hears(self, call: SipCall, sound: Recipe | bytes, within: float = 20.0, begin: float = 0.0) -> float:
        """Waits until the call has heard the sound to its end; tells at which second it began."""
        wav = sound if isinstance(sound, bytes) else await self.bench.sounds(sound)
        length, listening = self.bench.ear.seconds(wav), Listening(self.bench.ear, wav, begin)
        ended, end = False, asyncio.get_running_loop().time() + within + length
        while True:
            # Looked at once more after its end: until then the recording is not whole.
            final, ended = ended, call.state is CallState.ENDED
            recording = await call.heard()
            match = await listening.look(recording)
            if match.heard and self.bench.ear.seconds(recording) >= match.offset + length - 0.2:
                return match.offset
            if final or asyncio.get_running_loop().time() > end:
                EVIDENCE.mkdir(parents=True, exist_ok=True)
                kept = EVIDENCE / f"{self.tenant}-{hashlib.sha256(recording).hexdigest()[:8]}.wav"
                kept.write_bytes(recording)
                why = f"the call ended ({call.reason})" if final else f"not within {within:g} s"
                raise AssertionError(f"{why}; best match {listening.best.score:.2f}; kept: {kept}")
            await asyncio.sleep(0.3)

    async def close(self) -> None:
        for tenant in self._clocks:
            await self.bench.core.shift_clock(tenant, None)


@dataclass(frozen=True)
class Reception(ProviderFolder):
    """The folder of all rooms' tenants, applied to a lab of its own. Nothing of it is a test's to change for others."""

    def perform(
        self,
        tenant: str,
        *wanted: Step,
        at: str = "",
        may_ring: Collection[Party] = (),
        seconds: float = 90.0,
    ) -> ProbeResult:
        """Carries the steps out, at `2027-03-01 12:00` by the tenant's clock; fails with what was found instead."""
        when = local(self.specification(), tenant, at) if at else None
        probe = Probe(
            id="test", title="", tenant=tenant, at=when, steps=wanted, may_ring=tuple(may_ring), seconds=seconds
        )

        async def act(stage: Stage) -> ProbeResult:
            (result,) = await verify([probe], stage.bench, evidence=EVIDENCE)
            return result

        result = self.on_stage(tenant, act)
        assert result.outcome is Outcome.PASSED, "\n".join(["", *steps(result), explain(result)])
        return result

    def on_stage(self, tenant: str, act: Callable[[Stage], Awaitable[T]]) -> T:
        """Runs the test's own play with telephones of the tenants; returns what it returns."""
        return asyncio.run(self._play(tenant, act))

    async def _play(self, tenant: str, act: Callable[[Stage], Awaitable[T]]) -> T:
        verification, specification = self.verification(), self.specification()
        async with AsyncExitStack() as after:
            agents = verification.agents()
            after.push_async_callback(agents.close)
            stage = Stage(tenant, verification.bench(agents, specification), specification)
            after.push_async_callback(stage.close)
            return await act(stage)

    def specification(self) -> Specification:
        return self.verification().specification()
