"""Callers who say nothing, hang up, or press hundreds of keys in a moment, at every place where a caller can be.

All of them call at once, as many as there are lines and telephones for, and each test tells of one. After them no
channel is left, no line is busy, nothing half done lies about, and the daemon that took the calls is the one that runs.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from provisioner.core import lights
from provisioner.core.ports.sip import CallState, SipAgent
from provisioner.features.queues.members import TAKE
from provisioner.targets.asterisk import naming
from tests.lab.reception.call_events import size, told
from tests.lab.reception.crowd import (
    BELOW,
    KEYS,
    MANNERS,
    MENU,
    PLACES,
    PRESSES,
    WAITS,
    Case,
    Crowd,
    everybody,
    flood,
    held,
)
from tests.lab.reception.queue_scene import figures
from tests.lab.reception.reception import CALLER, Reception, Stage
from tests.lab.reception.whereabouts import Whereabouts, busy_lines, process

pytestmark = [pytest.mark.lab, pytest.mark.engine]

CASES = [
    pytest.param((place, manner), marks=pytest.mark.row(place.row), id=f"{place.name}: {manner}")
    for place in PLACES
    for manner in MANNERS
    if (place.name, manner) != ("ring group", "floods")  # before an answer nothing is heard of any key
]


@dataclass
class Ends:
    """What became of each caller, and what the core kept of them."""

    callers: dict[Case, BaseException | None]
    processes: tuple[str, str]
    """Before and after."""
    left: list[Exception | None]
    busy: list[str]
    remembered: list[str]
    files: list[str]


@pytest.fixture(scope="module")
def ends(reception: Reception, request: pytest.FixtureRequest) -> Iterator[Ends]:
    """Of those callers for whom a test is selected."""
    wanted: list[Case] = [
        item.callspec.params["case"]
        for item in request.session.items
        if isinstance(item, pytest.Function) and item.module is request.module and hasattr(item, "callspec")
    ]
    running, before, files = process(reception), remembered(reception), kept(reception)
    found = reception.on_stage("menus", lambda stage: everybody(reception, stage, wanted))
    yield Ends(
        dict(zip(wanted, found[:-2], strict=True)),
        (running, process(reception)),
        found[-2:],
        busy_lines(reception),
        sorted(remembered(reception) - before),
        sorted(kept(reception) - files),
    )
    tidy(reception)


def remembered(reception: Reception) -> set[str]:
    """What AstDB holds of tenants."""
    return set(re.sub(" +", " ", reception.asterisk("database show pbx")).splitlines()[:-1])


def kept(reception: Reception) -> set[str]:
    """Files of messages, prompts and faxes; what queues recorded is none of the callers' doing."""
    found = reception.run("core", "find /var/spool/asterisk -type f -not -path '*/recordings/*'")
    return set(found.splitlines())


def tidy(reception: Reception) -> None:
    """Takes away what callers left who behaved well enough."""
    reception.asterisk("database deltree pbx/menus/call-backs")
    for tenant, box in (("mailboxes", "info"), ("menus", "office")):
        home = f"/var/spool/asterisk/voicemail/{tenant}/{box}"
        reception.run("core", f"rm -f {home}/INBOX/msg* {home}/*.wav")
        reception.asterisk(f"devstate change {naming.light(lights.of_mailbox(tenant, box))} NOT_INUSE")


@pytest.mark.parametrize("case", CASES)
def test_whatever_a_caller_does_her_call_ends(ends: Ends, case: Case) -> None:
    if found := ends.callers[case]:
        raise found


def test_no_channel_and_no_busy_line_is_left_by_the_daemon_that_took_the_calls(ends: Ends) -> None:
    assert ends.processes[0] == ends.processes[1]
    assert ends.busy == []
    assert ends.left == [None, None]


@pytest.mark.row("R7", "Q6", "A6")
def test_nothing_half_done_is_remembered(ends: Ends) -> None:
    whole = r"/pbx/menus/call-backs/[0-9]+-core-[0-9.]+ ?: support \+46\d{8,9} ?"
    assert [each for each in ends.remembered if not re.fullmatch(whole, each)] == []


@pytest.mark.row("R3", "R5", "R8", "A6")
def test_no_half_recording_is_kept(ends: Ends) -> None:
    # A member who presses everything may record a greeting too, and keep it.
    message = r"/var/spool/asterisk/voicemail/(mailboxes/info|menus/office)/(INBOX/msg\d{4}\.(txt|wav)|[a-z]+\.wav)"
    assert [each for each in ends.files if not re.fullmatch(message, each)] == []


def test_the_next_callers_are_served(reception: Reception, ends: Ends) -> None:
    """Every place is reached as before, and who wants a person gets one."""

    async def play(stage: Stage) -> None:
        nils, anna = await stage.phone("nils"), await stage.phone("anna", tenant="queues")
        first = await stage.dial(await stage.outside(), "+46313900660")
        core = Whereabouts(reception)
        await core.at([CALLER], MENU)
        await first.press("1")
        await core.at([CALLER], BELOW)
        await first.press("9")
        rung = await stage.pick_up(nils)
        second = await stage.dial(await stage.outside("+46701740620"), "+46846500400")
        taken = await stage.pick_up(anna)
        for each in (first, second):
            assert each.state is CallState.UP
            await each.hang_up()
        for each in (rung, taken):
            assert await each.until(timeout=10) is CallState.ENDED
        crowd = Crowd(reception, stage, core, reception.pbx("prompt", "pin", "recorders").strip())
        await crowd.come(list(PLACES))
        async with held(stage):
            await asyncio.gather(*(crowd.behave(place, "hangs up") for place in PLACES if place.row != "R7"))

    del ends  # they have all behaved as they do
    reception.on_stage("menus", play)


@pytest.mark.row("Q1")
def test_q1_a_mailbox_outside_takes_no_call_whatever_it_does(reception: Reception) -> None:
    """It hangs up, presses every key but the one, is silent: the caller waits as if nobody had answered."""
    number, confirms = "+46701740621", r"queues.confirm,s,Read"

    async def play(stage: Stage) -> None:
        core, network = Whereabouts(reception), await stage.network()
        waits = await stage.dial(await stage.outside(number), "+46846500404")
        for manner in MANNERS[::-1]:
            taken = await stage.pick_up(network)
            await core.at(None, confirms)
            if manner == "hangs up":
                await taken.hang_up()
            elif manner == "floods":
                await flood(reception, network, taken, KEYS.replace("1", "8"))
                assert await taken.until(timeout=10) is CallState.ENDED
            assert waits.state is CallState.UP
        await core.at([number], "queues.announcement.late,s,Playback", 60)
        assert await waits.until(timeout=10) is CallState.ENDED
        assert await taken.until(timeout=10) is CallState.ENDED
        assert not await stage.recognise(waits, {"music": TAKE["sv"]}), "the question is not for her"
        await core.nobody()

    running, talks = process(reception), size(reception)
    reception.on_stage("queues", play)
    assert process(reception) == running
    assert busy_lines(reception) == []
    (call,) = told(reception, talks, [number])
    assert call.talks == (), "she was never put through"


@pytest.mark.row("Q6")
def test_q6_who_is_called_back_and_says_nothing_or_hangs_up_leaves_nothing(reception: Reception) -> None:
    """Those who were promised a call behave badly while they are told so, too."""
    numbers = [f"+4670174062{end}" for end in "123"]

    async def play(stage: Stage) -> None:
        core, network = Whereabouts(reception), await stage.network()
        cecilia, bo = await stage.phone("cecilia"), await stage.phone("bo")
        talk, other = await cecilia.call("102"), await stage.pick_up(bo)
        for number, manner in zip(numbers, MANNERS, strict=True):
            line = await stage.outside(number)
            call = await stage.dial(line, "+46846500403")
            await core.at([number], WAITS)
            await call.press("5")
            await core.at([number], PRESSES)
            await call.press("1")
            channel = await core.at([number], "queues.callback,s,Playback")
            if manner == "hangs up":
                await call.hang_up()
            elif manner == "floods":
                await flood(reception, line, call)
            assert await call.until(timeout=20) is CallState.ENDED
            await core.gone(channel)
        await talk.hang_up()
        assert await other.until(timeout=10) is CallState.ENDED
        rings = {number: asyncio.Event() for number in numbers}
        members = [asyncio.ensure_future(serve(agent, rings)) for agent in (cecilia, bo)]
        for _ in numbers:
            rung = await network.incoming(40)
            await rung.answer()
            assert await rung.until(CallState.UP, timeout=5) is CallState.UP
            dialled = (await rung.identity()).dialled
            if dialled == numbers[1]:
                await rung.hang_up()
            rings[dialled].set()
            assert await rung.until(timeout=30) is CallState.ENDED
        for each in members:
            each.cancel()
        await core.nobody()

    async def serve(agent: SipAgent, rings: dict[str, asyncio.Event]) -> None:
        """A member hangs up on a customer who says nothing, after she has answered."""
        while True:
            call = await agent.incoming(60)
            await call.answer()
            await rings[call.caller].wait()
            if call.caller != numbers[1]:
                await call.hang_up()
            assert await call.until(timeout=10) is CallState.ENDED

    running, before = process(reception), figures(reception, "queues", "back")["today"]
    reception.on_stage("queues", play)
    assert process(reception) == running
    assert busy_lines(reception) == []
    assert not re.findall("/call-back/|/called-back/", reception.asterisk("database show pbx/queues"))
    after = figures(reception, "queues", "back")["today"]
    assert {key: after[key] - before[key] for key in ("calls", "answered", "called_back", "not_reached")} == {
        "calls": 3, "answered": 3, "called_back": 3, "not_reached": 0
    }  # fmt: skip
