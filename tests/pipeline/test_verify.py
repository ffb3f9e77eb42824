"""The runner of probes against a small platform written in Python: what it finds, what it blames, what it leaves."""

# ruff: noqa: ARG002  (the fakes take what the ports give)

from __future__ import annotations

import asyncio
import io
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree

import pytest

from provisioner.adapters.audio.measure import NumpyEar
from provisioner.adapters.audio.speak import NumpyVoice
from provisioner.adapters.audio.wav import read, write
from provisioner.core import probes as p
from provisioner.core.artifacts import Recipe, Speech
from provisioner.core.ports.sip import AgentError, AgentSpec, CallState, Identity, Registration, SipAgent
from provisioner.pipeline.probing import junit, table
from provisioner.pipeline.probing.cast import Cast, PhoneAccount, Surroundings
from provisioner.pipeline.probing.outcome import Outcome, ProbeResult
from provisioner.pipeline.probing.perform import Bench
from provisioner.pipeline.verify import verify

VOICE = NumpyVoice()
WELCOME, CLOSED = Speech("Welcome", "en"), Speech("We are closed", "en")
ANNA, BO, CALLER, NETWORK = p.Phone("anna"), p.Phone("bo"), p.Outside("+46701740605"), p.Network()
EITHER = p.AnyOf((p.Phone("anna", "desk"), BO))
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


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
        self.busy, self.most_busy = 0, 0

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


def probe(*steps: p.Step, **facts: object) -> p.Probe:
    values: dict[str, object] = {"id": "one", "title": "A call", "tenant": "klinik", "steps": steps, "seconds": 5.0}
    return p.Probe(**{**values, **facts})  # type: ignore[arg-type]


async def _sound(recipe: Recipe) -> bytes:
    return said(recipe)


def run(world: World, *probes: p.Probe, evidence: Path | None = None, users: str = "anna bo") -> list[ProbeResult]:
    accounts = tuple(
        PhoneAccount("klinik", user, "desk", f"{user}-desk", "klinik.example", f"secret-{user}-desk")
        for user in users.split()
    )

    async def all_of_it() -> tuple[ProbeResult, ...]:
        cast = Cast(world, Surroundings(edge="198.19.0.20", accounts=accounts))
        bench = Bench(cast=cast, ear=NumpyEar(), voice=VOICE, core=world, sounds=_sound)
        return await verify(probes, bench, evidence=evidence, now=lambda: NOON)

    return list(asyncio.run(all_of_it()))


TALK = (p.Dials(ANNA, "102"), p.Rings(BO, "anna"), p.Answers(BO))
OUT = (p.Dials(ANNA, "0812"), p.Reaches(NETWORK, "0812", "+46850100100"))

PASSING = {
    "registers": (p.Registers(ANNA), p.Registers(ANNA, wrong_password=True)),
    "rings, answers, talks": (*TALK, p.IsAnswered(ANNA), p.TalkBothWays(ANNA, BO, 0.3), p.HangsUp(ANNA), p.IsEnded(BO)),
    "rejects": (*TALK[:2], p.Rejects(BO), p.IsEnded(ANNA, "486")),
    "welcome, then a key, then the closed prompt": (
        p.Dials(CALLER, "900"), p.Hears(CALLER, WELCOME), p.Presses(CALLER, "1"), p.Hears(CALLER, CLOSED),
        p.Passes(CALLER, ("ivr:main", "queue:nurse")),
    ),
    "outbound": OUT,
    "message": (p.Dials(CALLER, "900"), p.Speaks(CALLER, 0.3), p.MessageLeft("info", CALLER)),
    "unknown number": (p.Dials(ANNA, "999"), p.IsEnded(ANNA, "404")),
    "quiet": (p.Dials(ANNA, "102"), p.StaysQuiet(p.Phone("anna", "desk", "klinik"))),
    "waits": (p.Waits(0.01),),
    "either rings": (
        p.Dials(ANNA, "102"), p.Rings(EITHER), p.Answers(EITHER), p.TalkBothWays(ANNA, EITHER, 0.3), p.HangsUp(EITHER),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", PASSING)
def test_what_works_passes(name: str) -> None:
    world = World()
    (result,) = run(world, probe(*PASSING[name]))
    assert result.outcome is Outcome.PASSED, (result.expected, result.found)
    assert [step.words for step in result.steps] == [str(step) for step in PASSING[name]]
    assert not world.box


FAILING = {
    "accepted with a wrong password": ((p.Registers(ANNA, wrong_password=True),), {"lax": True}, "accepted: 200 OK"),
    "no call": ((p.Rings(BO),), {}, "no call came within 15 s"),
    "neither rings": ((p.Rings(EITHER),), {}, "no call came within 15 s"),
    "caller refused": ((p.Dials(ANNA, "999"), p.Rings(BO)), {}, "the caller's call ended: 404 Not Found"),
    "other caller shown": ((p.Dials(ANNA, "102"), p.Rings(BO, "101")), {}, "it shows anna"),
    "rings though it must not": ((p.Dials(ANNA, "102"), p.StaysQuiet(BO)), {}, "it rings and shows anna"),
    "one-way": (
        (*TALK, p.TalkBothWays(ANNA, BO, 0.3)),
        {"one_way": True},
        "anna does not hear bo (0% at -inf dB)",
    ),
    "other prompt": ((p.Dials(CALLER, "900"), p.Hears(CALLER, CLOSED, 0.1)), {}, "best match"),
    "silence": ((*TALK, p.Hears(ANNA, WELCOME, 0.1)), {}, "no sound came at all"),
    "wrong caller ID": (OUT, {"asserted": "+46850100199"}, "it shows +46850100199"),
    "wrong number": ((OUT[0], p.Reaches(NETWORK, "112")), {}, "called as 0812, showing +46850100100"),
    "shown though withheld": ((OUT[0], p.Reaches(NETWORK, "0812", withheld=True)), {}, "+46850100100 is shown"),
    "other way": ((p.Dials(CALLER, "900"), p.Passes(CALLER, ("queue:nurse", "ivr:main"))), {}, "opening → ivr:main"),
    "no message": ((p.Dials(CALLER, "900"), p.Speaks(CALLER, 0.1), p.MessageLeft("info", ANNA)), {}, "said nothing"),
    "nobody answers": ((*TALK[:2], p.IsAnswered(ANNA)), {}, "still ringing"),
    "still up": ((*TALK, p.IsEnded(ANNA)), {}, "still answered"),
    "other status": ((p.Dials(ANNA, "999"), p.IsEnded(ANNA, "486")), {}, "404 Not Found"),
    "in no call": ((p.HangsUp(ANNA),), {}, "anna is in no call"),
    "key ends the call": (
        (p.Dials(CALLER, "900"), p.Presses(CALLER, "9"), p.Hears(CALLER, CLOSED, 0.1)),
        {},
        "the call ended: BYE",
    ),
    "too slow": ((p.Waits(60),), {}, "not done within 5 s"),
}


@pytest.mark.parametrize("name", FAILING)
def test_what_does_not_work_fails_with_what_was_found(name: str) -> None:
    steps, facts, found = FAILING[name]
    world = World()
    for key, value in facts.items():
        setattr(world, key, value)
    slow = {"seconds": 0.2} if name == "too slow" else {}
    (result,) = run(world, probe(*steps, **slow))
    assert result.outcome is Outcome.FAILED
    assert found.replace("5 s", "0.2 s") in result.found if slow else found in result.found
    assert result.expected == str(steps[-1])


def test_the_prompt_that_came_instead_is_named() -> None:
    (result, _) = run(
        World(),
        probe(p.Dials(CALLER, "900"), p.Hears(CALLER, CLOSED, 0.1)),
        probe(p.Dials(CALLER, "900"), p.Hears(CALLER, WELCOME), id="two"),
    )
    assert result.found == "“Welcome”"
    assert result.trail == ("schedule:opening", "ivr:main", "queue:nurse")


def test_a_failure_keeps_recordings_and_logs_and_a_success_nothing(tmp_path: Path) -> None:
    failed, passed = run(
        World(),
        probe(p.Dials(CALLER, "900"), p.Hears(CALLER, CLOSED, 0.1)),
        probe(p.Registers(BO), id="two"),
        evidence=tmp_path,
    )
    assert sorted(Path(path).name for path in failed.kept) == ["line-46701740605.log", "line-46701740605.wav"]
    assert NumpyEar().match((tmp_path / "klinik/one/line-46701740605.wav").read_bytes(), said(WELCOME)).heard
    assert passed.kept == ()
    assert not (tmp_path / "klinik/two").exists()


def test_calls_are_down_when_a_probe_is_over() -> None:
    world = World()
    seen: list[FakeCall] = []
    place = world.place
    world.place = lambda call: (seen.append(call), place(call))[1]  # type: ignore[method-assign]
    run(world, probe(*TALK, p.IsEnded(ANNA)))
    assert [call.state for call in seen] == [CallState.ENDED]


def test_a_message_of_the_probe_is_taken_out_again_even_where_none_was_expected() -> None:
    world = World()
    passes = p.Passes(CALLER, ("ivr:main", "voicemail:info"))
    (result,) = run(world, probe(p.Dials(CALLER, "900"), p.Speaks(CALLER, 0.1), passes, seconds=1.0))
    assert result.outcome is Outcome.FAILED
    assert world.removed == ["new"]


def test_messages_that_lay_there_stay() -> None:
    world = World()
    world.box["old"] = b""
    (result,) = run(world, probe(*PASSING["message"]))
    assert result.outcome is Outcome.PASSED
    assert list(world.box) == ["old"]


def test_the_clock_is_shifted_for_each_time_and_put_right() -> None:
    world = World()
    late, later = NOON + timedelta(hours=8), NOON + timedelta(days=1)
    results = run(
        world,
        probe(p.Waits(0), id="c", at=later),
        probe(p.Waits(0), id="a"),
        probe(p.Waits(0), id="b", at=late),
        probe(p.Rings(BO, within=0.1), id="d", at=late),
    )
    assert world.clock == [8 * 3600, None, 24 * 3600, None]
    assert [result.probe.id for result in results] == ["c", "a", "b", "d"]
    assert [str(result.outcome) for result in results] == ["passed", "passed", "passed", "failed"]


def test_a_time_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="has no zone"):
        probe(p.Waits(0), at=datetime(2026, 3, 2, 12))  # noqa: DTZ001


def test_probes_that_share_a_telephone_wait_for_each_other() -> None:
    world, order = World(), list[str]()
    register = FakeAgent.registration

    def one(name: str, *steps: p.Step, **facts: object) -> p.Probe:
        return probe(*steps, id=name, **facts)

    async def noted(self: FakeAgent, timeout: float) -> Registration:
        order.append(f"+{self.spec.user}")
        await asyncio.sleep(0.05)
        order.append(f"-{self.spec.user}")
        return await register(self, timeout)

    FakeAgent.registration = noted  # type: ignore[method-assign]
    try:
        run(
            world,
            one("a", p.Registers(ANNA)),
            one("b", p.Registers(p.Phone("anna", "desk"))),
            one("c", p.Registers(BO)),
        )
        apart, order[:] = list(order), []
        run(world, one("a", p.Registers(ANNA)), one("b", p.Registers(BO), may_ring=(ANNA,)))
    finally:
        FakeAgent.registration = register  # type: ignore[method-assign]
    annas = [entry for entry in apart if "anna" in entry]
    assert annas == ["+anna-desk", "-anna-desk"] * 2
    assert apart.index("+bo-desk") < apart.index("-anna-desk")
    assert order == ["+anna-desk", "-anna-desk", "+bo-desk", "-bo-desk"]


def test_all_telephones_start_together() -> None:
    world = World()
    run(world, probe(p.Registers(ANNA)), probe(p.Registers(BO), id="two"))
    assert world.started == [["phone-klinik-anna-desk", "phone-klinik-bo-desk"]]


def test_trouble_with_the_agents_is_an_error_and_no_failure() -> None:
    world = World()
    world.broken = True
    (result,) = run(world, probe(p.Registers(ANNA)))
    assert result.outcome is Outcome.ERROR
    assert result.found == "no machine phones"


def test_a_telephone_without_account_is_an_error_that_names_the_nearest() -> None:
    unknown, fine = run(World(), probe(p.Registers(p.Phone("ana", "desk"))), probe(p.Registers(BO), id="two"))
    assert unknown.outcome is Outcome.ERROR
    assert unknown.found == "no account for telephone klinik:ana:desk; did you mean klinik:anna:desk?"
    assert fine.outcome is Outcome.PASSED


def test_junit_counts_and_explains() -> None:
    results = run(
        World(),
        probe(p.Registers(ANNA), rows=("V3", "S1")),
        probe(p.Dials(CALLER, "900"), p.Hears(CALLER, CLOSED, 0.1), id="two", title="Closed <prompt>"),
        probe(p.Registers(p.Phone("nobody")), id="three"),
    )
    total = ElementTree.fromstring(junit.render(results))
    assert (total.get("tests"), total.get("failures"), total.get("errors")) == ("3", "1", "1")
    first, second, third = total.iter("testcase")
    assert [each.get("value") for each in first.iter("property")] == ["V3", "S1"]
    assert second.get("name") == "two: Closed <prompt>"
    failure = second.find("failure")
    assert failure is not None
    assert "expected: the caller +46701740605 hears “We are closed”" in (failure.text or "")
    assert "call trail: schedule:opening → ivr:main → queue:nurse" in (failure.text or "")
    assert third.find("error") is not None
    assert "NOT MET" in (second.findtext("system-out") or "")


def test_the_table_shows_every_call_and_explains_the_red_ones() -> None:
    from rich.console import Console

    results = run(
        World(),
        probe(p.Registers(ANNA), title="Anna's telephone registers [1]", rows=("S1",)),
        probe(p.Dials(ANNA, "999"), p.Rings(BO), id="two", title="Colleagues reach each other"),
    )
    out = io.StringIO()
    Console(file=out, width=100).print(table.render(results))
    text = out.getvalue()
    assert "✔ passed" in text
    assert "Anna's telephone registers [1]" in text
    assert "expected: bo rings" in text
    assert "404 Not Found" in text
    assert table.summary(results).startswith("1 passed, 1 failed (")
    assert table.summary([]).startswith("no probes")
