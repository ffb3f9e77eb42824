"""A day in five minutes: three agents, twelve callers (rows Q2, Q4, Q5, Q8).

What happened is read from Asterisk's channel event log; what callers heard, the queue log and the figures must agree.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import time
from dataclasses import dataclass
from typing import Any

import pytest

from provisioner.core.ports.sip import SipAgent
from provisioner.core.probes import example_caller
from provisioner.targets.asterisk import counting
from tests.lab.reception.call_events import Told, size, told
from tests.lab.reception.queue_scene import eventually
from tests.lab.reception.reception import Reception, Stage

pytestmark = [pytest.mark.lab, pytest.mark.engine, pytest.mark.usefixtures("reachable")]

TENANT, NUMBER, QUEUE = "queues", "+46846500406", "queues.day"
AGENTS = ("anna", "bo", "cecilia")
CALLERS = [example_caller(60 + index).number for index in range(12)]
WAY = [f"number:{NUMBER}", "queue:day"]
"""The nodes of the tenant's file through which everybody comes."""
EVERY, TALK, LAST = 15.0, 70.0, 330.0
"""Seconds between two callers, of a talk, and until the day is over: more call than three agents can take."""
TIMEOUT, WRAP_UP, WAITING = 75, 5, 4
"""As the tenant's file says."""


@dataclass(frozen=True)
class Entry:
    """A line of the queue log."""

    at: int
    call: str
    member: str
    event: str
    data: tuple[str, ...]


@pytest.mark.row("Q2", "Q4", "Q5", "Q8")
def test_q5_three_agents_and_twelve_callers_for_five_minutes(reception: Reception) -> None:
    before, mark, begun = today(reception), size(reception), int(time.time())
    heard = reception.on_stage(TENANT, day)
    eventually(lambda: reception.asterisk("core show channels count").split()[0], "0")
    calls = told(reception, mark, CALLERS)
    assert [each.caller for each in calls] == CALLERS, "each called once"

    # Each was answered at once and came to one end, and heard it.
    answered = [each for each in calls if each.talks]
    late = [each for each in calls if each.trail == [*WAY, "announcement:late", "hangup:normal"]]
    full = [each for each in calls if each.trail == [*WAY, "announcement:full", "hangup:normal"]]
    assert all(each.answered - each.begun < 1 for each in calls)
    assert all(each.trail == WAY and len(each.talks) == 1 for each in answered)
    assert sorted(each.channel for each in (*answered, *late, *full)) == sorted(each.channel for each in calls)
    assert {caller for caller, words in heard.items() if "late" in words} == {each.caller for each in late}
    assert {caller for caller, words in heard.items() if "full" in words} == {each.caller for each in full}
    assert len(answered) >= 8
    assert full
    assert late

    # In the order in which they called; nobody waited longer than allowed, and nobody was refused without need.
    # Asterisk counts the wait from the whole second in which she came.
    by_answer = sorted(answered, key=lambda each: each.talks[0].begun)
    assert by_answer == answered
    for each in late:
        assert TIMEOUT - 1 < left(each) - each.nodes[1][1] <= TIMEOUT + 15, each
    for each in full:
        waited = [other for other in calls if other not in full and other.begun < each.begun < left(other)]
        assert len(waited) == WAITING, each

    # Nobody talked with two at once or got a call during the wrap-up, which Asterisk measures in whole seconds.
    assert {each.talks[0].member for each in by_answer[:3]} == set(AGENTS)
    for agent in AGENTS:
        own = [talk for each in by_answer for talk in each.talks if talk.member == agent]
        for one, other in itertools.pairwise(own):
            assert other.begun - one.ended > WRAP_UP - 1, agent

    # Who waited was told her place.
    waits = [each.caller for each in answered if each.talks[0].begun - each.begun > 25]
    assert waits
    for caller in waits:
        assert {"first", "place"} & heard[caller], caller
        assert "please-wait" in heard[caller], caller

    agrees_with_the_queue_log(log(reception, begun), answered, late, full)
    after = today(reception)
    assert {key: after[key] - before[key] for key in ("calls", "answered", "abandoned", "overflowed", "refused")} == {
        "calls": len(CALLERS), "answered": len(answered), "abandoned": 0, "overflowed": len(late), "refused": len(full)
    }  # fmt: skip


def left(call: Told) -> float:
    """When her waiting ended."""
    return call.talks[0].begun if call.talks else call.nodes[2][1]


def agrees_with_the_queue_log(entries: list[Entry], answered: list[Told], late: list[Told], full: list[Told]) -> None:
    """The same calls, members, moments and lengths; the queue log counts whole seconds."""

    def of(*events: str) -> dict[str, Entry]:
        found = [each for each in entries if each.event in events]
        assert len({each.call for each in found}) == len(found), "one line a call"
        return {each.call: each for each in found}

    entered, connected, completed = of("ENTERQUEUE"), of("CONNECT"), of("COMPLETECALLER", "COMPLETEAGENT")
    gone, refused = of("EXITWITHTIMEOUT"), of("REFUSED")
    assert set(entered) == {each.channel for each in (*answered, *late)}
    assert all(entered[each.channel].data[1] == each.caller for each in (*answered, *late))
    assert set(connected) == set(completed) == {each.channel for each in answered}
    assert set(gone) == {each.channel for each in late}
    assert {call: each.data for call, each in refused.items()} == {each.channel: ("FULL",) for each in full}
    for each in answered:
        (talk,) = each.talks
        assert connected[each.channel].member == completed[each.channel].member == talk.member
        assert abs(connected[each.channel].at - talk.begun) < 2
        assert abs(int(connected[each.channel].data[0]) - (talk.begun - entered[each.channel].at)) < 2
        assert abs(int(completed[each.channel].data[1]) - (talk.ended - talk.begun)) < 2
    for each in (*late, *full):
        assert abs((gone | refused)[each.channel].at - left(each)) < 2


async def day(stage: Stage) -> dict[str, set[str]]:
    """caller → which of the platform's sounds she heard."""
    phones = [await stage.phone(agent) for agent in AGENTS]
    lines = [await stage.outside(caller) for caller in CALLERS]
    async with asyncio.TaskGroup() as group:
        work = [group.create_task(serve(phone)) for phone in phones]
        calls = [group.create_task(call_in(stage, line, index * EVERY)) for index, line in enumerate(lines)]
        await asyncio.wait(calls)
        for agent in work:
            agent.cancel()
    return {caller: call.result() for caller, call in zip(CALLERS, calls, strict=True)}


async def serve(phone: SipAgent) -> None:
    """An agent's day: answers whatever comes, talks, hangs up."""
    while True:
        call = await phone.incoming(LAST)
        await call.answer()
        with contextlib.suppress(TimeoutError):
            await call.until(timeout=TALK)
        await call.hang_up()


async def call_in(stage: Stage, line: SipAgent, after: float) -> set[str]:
    await asyncio.sleep(after)
    call = await stage.dial(line, NUMBER)
    await call.until(timeout=LAST - after)
    sounds = {name: stage.prompt(name) for name in ("please-wait", "late", "full")}
    said = {sound.recipe.text: sound.recipe for sound in counting.sounds("sv")}  # type: ignore[union-attr]
    sounds |= {"first": said["Du är först i kön."], "place": said["Du har plats nummer"]}
    return {each.words for each in await stage.recognise(call, sounds)}


def log(reception: Reception, since: int) -> list[Entry]:
    found = []
    for line in reception.run("core", f"grep -a '|{QUEUE}|' /var/log/asterisk/queue_log").splitlines():
        at, call, _, member, event, *data = line.split("|")
        if int(at) >= since:
            found.append(Entry(int(at), call, member, event, tuple(data)))
    return found


def today(reception: Reception) -> dict[str, Any]:
    queues = reception.document("queues", TENANT)["queues"]
    return next(dict(each["today"]) for each in queues if each["name"] == "day")
