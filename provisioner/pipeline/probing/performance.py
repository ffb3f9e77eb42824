"""One probe under way: who takes part, the calls that are up, and what was dialled, said and heard so far."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass

from provisioner.core import probes as p
from provisioner.core.artifacts import Recipe
from provisioner.core.ports.ear import Ear, Voice
from provisioner.core.ports.fax import FaxMachine, Post
from provisioner.core.ports.platform import CoreView
from provisioner.core.ports.sip import CallState, SipAgent, SipCall

from .cast import Cast
from .outcome import StepResult, Unmet

POLL = 0.5
"""Seconds between two looks at what is still to come."""
RECORDED = 1.0
"""Seconds after a call until its message lies in the mailbox."""

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
    repertoire: Callable[[str], Collection[Recipe]]
    """Tenant → everything that its callers can hear."""
    fax: FaxMachine
    post: Post


class Performance:
    """One probe under way."""

    def __init__(self, probe: p.Probe, bench: Bench) -> None:
        self.probe, self.bench = probe, bench
        self.results: list[StepResult] = []
        self.calls: dict[str, SipCall] = {}
        self.dialled: dict[str, tuple[str, str]] = {}
        """line → the number that it shows, empty for a telephone, and what it dialled"""
        self.listened: dict[str, float] = {}
        """line → the second of its call up to which what it heard is accounted for"""
        self.spoken: dict[str, bytes] = {}
        self.before: dict[str, frozenset[str]] = {}
        """mailbox → the messages of the probe's callers that lay there already"""
        self.mark = ""
        self.faxed = 0.0
        """When the last fax began, in seconds since 1970."""

    async def prepare(self) -> None:
        """Starts with nothing of an earlier probe, and notes what lay in the mailboxes."""
        await self.bench.cast.enter((self.probe.tenant, party) for party in self.probe.everybody)
        for party in self.probe.everybody:
            (await self.agent(party)).forget_calls()
        self.mark = await self.bench.core.mark(self.probe.tenant)
        if self._callers():
            for mailbox in self.probe.mailboxes:
                self.before[mailbox] = await self.messages(mailbox)

    async def finish(self) -> None:
        """Ends what is still up, and takes the probe's own messages out of the mailboxes: those belong to people."""
        await asyncio.gather(*(call.hang_up() for call in self.calls.values()), return_exceptions=True)
        if self.before:
            await asyncio.sleep(RECORDED)
        for mailbox, before in self.before.items():
            for name in sorted(await self.messages(mailbox) - before):
                await self.bench.core.remove_message(self.probe.tenant, mailbox, name)

    async def trail(self) -> tuple[str, ...]:
        """The nodes of every call that the probe made."""
        found: list[str] = []
        for caller, number in self.dialled.values():
            found += await self.bench.core.trail(self.probe.tenant, self.mark, caller, number)
        return tuple(found)

    def _callers(self) -> list[str]:
        """The numbers from outside that the probe calls from: only their messages are the probe's."""
        return [party.number for party in self.probe.parties if isinstance(party, p.Outside)]

    async def messages(self, mailbox: str) -> frozenset[str]:
        core, tenant = self.bench.core, self.probe.tenant
        return frozenset().union(*[await core.messages(tenant, mailbox, caller) for caller in self._callers()])

    async def agent(self, party: p.Party) -> SipAgent:
        return await self.bench.cast.agent(self.probe.tenant, party)

    def key(self, party: p.Party) -> str:
        """The name of the party's line in the mappings above."""
        return self.bench.cast.key(self.probe.tenant, party)

    def call(self, party: p.Party) -> SipCall:
        try:
            return self.calls[self.key(party)]
        except KeyError:
            raise Unmet(f"{party} is in no call") from None

    async def until_up(self, call: SipCall, within: float) -> None:
        """Waits for the answer; raises `Unmet` where none comes."""
        try:
            state = await call.until(CallState.UP, timeout=within)
        except TimeoutError:
            raise Unmet(f"after {within:g} s it is still {call.state}") from None
        if state is not CallState.UP:
            raise Unmet(f"the call ended: {call.reason or 'no reason given'}")

    async def until(self, call: SipCall, seconds: float) -> None:
        """Time passes, but no longer than the call."""
        try:
            await call.until(timeout=max(seconds, 0.01))
        except TimeoutError:
            return

    def callers_fate(self) -> str:
        """Why the call never came, as far as the caller was told."""
        ended = [call.reason for key, call in self.calls.items() if key in self.dialled and call.reason]
        return f"; the caller's call ended: {ended[-1]}" if ended else ""
