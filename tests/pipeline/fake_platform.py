"""A small platform written in Python, for tests of what runs probes: its agents, its core node and the calls on it."""

# ruff: noqa: ARG002  (the fakes take what the ports give)

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from provisioner.adapters.audio.speak import NumpyVoice
from provisioner.adapters.audio.wav import read, write
from provisioner.core import probes as p
from provisioner.core.artifacts import Recipe, Speech
from provisioner.core.ports.fax import Sent
from provisioner.core.ports.sip import AgentError, AgentSpec, CallState, Identity, Registration, SipAgent, SipCall

VOICE = NumpyVoice()
WELCOME, CLOSED = Speech("Welcome", "en"), Speech("We are closed", "en")
CALLER = p.Outside("+46701740605")


def said(recipe: Recipe) -> bytes:
    return VOICE.signature(str(recipe), 2)


class FakeCall:
    """One end of a call; `far` is the other one, None where the platform itself answers."""

    def __init__(self, world: World, caller: str, dialled: str) -> None:
        self.world, self.caller, self.dialled, self.id = world, caller, dialled, f"{caller}-{dialled}"
        self.state, self.reason, self.pressed = CallState.TRYING, "", ""
        self.far: FakeCall | None = None
        self.sound = b""
        self.changed = asyncio.Event()

    def turn(self, state: CallState, reason: str = "") -> None:
        if self.state is not CallState.ENDED:
            self.state, self.reason = state, reason
            self.changed.set()
            self.changed = asyncio.Event()

    async def until(self, *states: CallState, timeout: float) -> CallState:
        async with asyncio.timeout(min(timeout, 0.3)):
            while self.state not in (*states, CallState.ENDED):
                await self.changed.wait()
        return self.state

    async def answer(self) -> None:
        self.turn(CallState.UP)
        if self.far:
            self.far.turn(CallState.UP)

    async def hang_up(self) -> None:
        if self.far:
            self.far.turn(CallState.ENDED, "486 Busy" if self.state is CallState.RINGING else "hung up")
        self.turn(CallState.ENDED, "hung up")

    async def press(self, keys: str) -> None:
        self.world.on_key(self, keys)

    async def transfer(self, number: str) -> None:
        raise NotImplementedError  # no probe transfers a call

    async def join(self, other: SipCall) -> None:
        raise NotImplementedError

    async def play(self, wav: bytes) -> None:
        if self.far is None:
            self.world.said = wav
        elif not self.world.one_way or self.caller != "anna":
            self.far.sound += wav

    async def heard(self) -> bytes:
        return self.sound if not self.sound else write(read(self.sound)[: 8000 * 60])

    async def identity(self) -> Identity:
        return Identity(self.dialled, self.caller, asserted=self.world.asserted)


class FakeAgent:
    def __init__(self, world: World, spec: AgentSpec) -> None:
        self.world, self.spec = world, spec
        self.coming: asyncio.Queue[FakeCall] = asyncio.Queue()

    async def registration(self, timeout: float) -> Registration:
        right = self.spec.password == f"secret-{self.spec.user}" or self.world.lax
        return Registration(right, "200 OK" if right else "401 Unauthorized")

    async def call(self, number: str) -> FakeCall:
        call = FakeCall(self.world, self.spec.user.partition("-")[0], number)
        self.world.place(call)
        return call

    async def incoming(self, timeout: float) -> FakeCall:
        return await asyncio.wait_for(self.coming.get(), min(timeout, 0.2))

    def forget_calls(self) -> None:
        self.coming = asyncio.Queue()

    async def log(self) -> str:
        return f"log of {self.spec.name}"


class World:
    """The platform, its agents and its core node in one: extension → user, IVR with a welcome, a mailbox."""

    def __init__(self) -> None:
        self.agents: dict[str, FakeAgent] = {}
        self.started: list[list[str]] = []
        self.said, self.asserted, self.plays = b"", "", WELCOME
        self.lax = self.one_way = self.broken = False
        self.box: dict[str, bytes] = {}
        self.removed: list[str] = []
        self.clock: list[int | None] = []
        self.busy, self.most_busy, self.faxed = 0, 0, 0

    # SipAgents
    async def start(self, specs: Sequence[AgentSpec]) -> Mapping[str, SipAgent]:
        if self.broken:
            raise AgentError("no machine phones", "pbx lab up")
        self.started.append(sorted(spec.name for spec in specs))
        self.agents |= {spec.name: FakeAgent(self, spec) for spec in specs}
        return {spec.name: self.agents[spec.name] for spec in specs}

    async def register_once(self, spec: AgentSpec) -> Registration:
        return await FakeAgent(self, spec).registration(1)

    async def stop(self, names: Sequence[str]) -> None:
        for name in names:
            self.agents.pop(name, None)

    async def close(self) -> None:
        self.agents.clear()

    # The platform
    def place(self, call: FakeCall) -> None:
        users = {"101": "phone-klinik-anna-desk", "102": "phone-klinik-bo-desk", "0812": "network-trunk"}
        if call.dialled == "900":
            call.sound = write([0.0] * 2000) + b"" if self.plays is None else said(self.plays)
            call.turn(CallState.UP)
        elif name := users.get(call.dialled):
            shown = call.caller if name != "network-trunk" else "+46850100100"
            far = FakeCall(self, shown, call.dialled)
            call.far, far.far = far, call
            far.turn(CallState.RINGING)
            call.turn(CallState.RINGING)
            if name in self.agents:
                self.agents[name].coming.put_nowait(far)
        else:
            call.turn(CallState.ENDED, "404 Not Found")

    def on_key(self, call: FakeCall, keys: str) -> None:
        if keys == "9":
            call.turn(CallState.ENDED, "BYE")
        if keys == "1":
            call.sound = write([*read(call.sound), *read(said(CLOSED))])

    # FaxMachine and Post
    async def send(self, caller: str, number: str, pages: int, timeout: float) -> Sent:
        if number != "+46850100109":
            return Sent(False, "", "the call was not answered")
        self.faxed = pages
        return Sent(True, "audio", "")

    async def faxes(self, address: str, caller: str, since: float) -> tuple[bytes, ...]:
        assert caller == CALLER.number
        assert since > 0
        return (b"/Type /Pages" + b"/Type /Page " * self.faxed,) if address == "office@klinik.example" else ()

    # CoreView
    async def shift_clock(self, tenant: str, seconds: int | None) -> None:
        self.clock.append(seconds)

    async def messages(self, tenant: str, mailbox: str, caller: str) -> frozenset[str]:
        assert caller == CALLER.number
        if self.said:
            self.box["new"] = self.said
        return frozenset(self.box)

    async def message(self, tenant: str, mailbox: str, name: str) -> bytes:
        return self.box[name]

    async def remove_message(self, tenant: str, mailbox: str, name: str) -> None:
        self.said = b""
        self.removed.append(name)
        del self.box[name]

    async def mark(self, tenant: str) -> str:
        return "17"

    async def trail(self, tenant: str, since: str, caller: str, dialled: str) -> tuple[str, ...]:
        assert since == "17"
        return ("schedule:opening", "ivr:main", "queue:nurse") if dialled == "900" else ()
