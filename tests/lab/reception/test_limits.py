"""Limits as users and callers meet them (N8): calls at once, what they cost in a day, dear calls in a rush, a PIN."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from provisioner.adapters.lab.catcher import Caught, caught
from provisioner.core.artifacts import Recipe
from provisioner.core.ports.sip import CallState, SipAgent, SipCall
from provisioner.core.probes import Route
from provisioner.features.limits.asterisk import LINES, SPENT, STOPPED
from provisioner.features.outbound.asterisk import BARRED
from provisioner.targets.asterisk import pins
from tests.lab.reception.reception import Reception, Stage

pytestmark = [pytest.mark.lab, pytest.mark.engine, pytest.mark.row("N8")]

TENANT, SWITCHBOARD = "limits", "+46406280460"
NEAR = "Calls go out until the limit is reached."
REACHED = "New calls that cost go out again tomorrow."
NATIONAL, ABROAD, PREMIUM = "+4684412340", "+4930123456", "+469001234567"


@pytest.fixture(autouse=True)
def fresh(reception: Reception) -> Iterator[None]:
    """Nothing was spent, stopped or called for help yet, nor is it behind the test."""
    reception.asterisk(f"database deltree pbx/{TENANT}")
    yield
    reception.asterisk(f"database deltree pbx/{TENANT}")


async def answered(stage: Stage, agent: SipAgent, network: SipAgent, number: str) -> tuple[SipCall, SipCall]:
    """A call that goes out and is answered: its two ends."""
    call = await agent.call(number)
    there = await stage.pick_up(network)
    assert await call.until(CallState.UP, timeout=5) is CallState.UP
    return call, there


async def refused(stage: Stage, agent: SipAgent, number: str, sentence: dict[str, Recipe]) -> None:
    call = await agent.call(number)
    await stage.hears(call, sentence["en"])
    assert await call.until(timeout=5) is CallState.ENDED


async def end(call: SipCall, there: SipCall) -> None:
    await call.hang_up()
    assert await there.until(timeout=5) is CallState.ENDED


async def told(reception: Reception, words: str, since: float) -> list[Caught]:
    """The mail and the text message that say so, and no second ones."""
    ends = time.monotonic() + 40
    while len(found := [each for each in caught(reception.lab.run) if words in each.text and each.at > since]) < 2:
        assert time.monotonic() < ends, found
        await asyncio.sleep(0.5)
    assert sorted((each.kind, each.to) for each in found) == [
        ("mail", ("it@limits.example",)),
        ("sms", ("+46701740697",)),
    ]
    return found


def shown(reception: Reception, *arguments: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(reception.pbx("limits", TENANT, *arguments, "--format", "json"))
    return found


def spent(reception: Reception, user: str) -> float:
    return float(next(each["spent"] for each in shown(reception)["spending"] if each["user"] == user))


def test_n8_calls_at_once_are_limited_in_and_out_and_calls_for_help_are_not(reception: Reception) -> None:
    async def play(stage: Stage) -> None:
        network, rescue = await stage.network(), await stage.network(Route.EMERGENCY)
        ada, bo, carl = await stage.phone("ada"), await stage.phone("bo"), await stage.phone("carl")
        second_desk = await stage.phone("ada", "second")
        first = await answered(stage, ada, network, NATIONAL)
        await refused(stage, second_desk, NATIONAL, LINES)  # her own limit
        second = await answered(stage, bo, network, NATIONAL)
        await refused(stage, carl, NATIONAL, LINES)  # the tenant's, of calls that go out
        inside = await (await stage.outside("+46701740641")).call(SWITCHBOARD)
        rung = await stage.pick_up(carl)
        stranger = await stage.outside("+46701740642")
        another = await stranger.call(SWITCHBOARD)
        assert await another.until(timeout=5) is CallState.ENDED
        assert "486" in another.reason
        help_call = await answered(stage, second_desk, rescue, "112")
        rescuer = await stranger.call(SWITCHBOARD)  # everybody may be one now
        assert await rescuer.until(CallState.RINGING, timeout=5) is CallState.RINGING
        await rescuer.hang_up()
        await end(*second)
        third = await answered(stage, bo, network, NATIONAL)  # a line is free: the call for help takes none
        for each in (first, third, help_call, (inside, rung)):
            await end(*each)

    reception.on_stage(TENANT, play)


@pytest.mark.parametrize("attempt", range(8))
def test_n8_of_two_calls_at_once_one_gets_the_last_line(reception: Reception, attempt: int) -> None:
    async def play(stage: Stage) -> None:
        network, ada, bo, carl = await stage.network(), *[await stage.phone(each) for each in ("ada", "bo", "carl")]
        first = await answered(stage, ada, network, NATIONAL)
        both = await asyncio.gather(*(each.call(NATIONAL) for each in (bo, carl)[:: 1 - 2 * (attempt % 2)]))
        there = await stage.pick_up(network)
        heard = [asyncio.create_task(stage.hears(each, LINES["en"])) for each in both]
        done, others = await asyncio.wait(heard, return_when=asyncio.FIRST_COMPLETED, timeout=20)
        for each in others:
            each.cancel()
        assert len(done) == 1, "one of them hears that all lines are busy"
        (late,) = (call for call, task in zip(both, heard, strict=True) if task in done)
        (lucky,) = (call for call in both if call is not late)
        assert await late.until(timeout=5) is CallState.ENDED
        assert lucky.state is CallState.UP
        assert len(reception.asterisk("group show channels").split("calls-out")) - 1 == 2
        await end(lucky, there)
        await end(*first)

    reception.on_stage(TENANT, play)


def test_n8_a_day_of_calls_costs_no_more_than_it_may(reception: Reception) -> None:
    async def play(stage: Stage) -> None:
        begun = time.time()
        network, ada, bo = await stage.network(), await stage.phone("ada"), await stage.phone("bo")
        call, there = await answered(stage, bo, network, PREMIUM)
        assert await call.until(timeout=20) is CallState.ENDED, "at the absolute limit the call ends by itself"
        assert await there.until(timeout=5) is CallState.ENDED
        assert 9 <= spent(reception, "bo") <= 15
        another = answered(stage, ada, network, PREMIUM)  # with her own money
        _, hers = await asyncio.gather(refused(stage, bo, PREMIUM, SPENT), another)
        await end(*hers)
        await end(*await answered(stage, bo, network, NATIONAL))  # costs nothing
        (first, *_), (second, *_) = await told(reception, NEAR, begun), await told(reception, REACHED, begun)
        assert first.at < second.at, "once on the way, once at the limit"
        await stage.clock("2027-03-01 12:00")
        await end(*await answered(stage, bo, network, PREMIUM))  # the next day has money of its own

    reception.on_stage(TENANT, play)


def test_n8_dear_calls_in_a_rush_are_stopped_until_somebody_lifts_it(reception: Reception) -> None:
    async def rush(stage: Stage) -> None:
        network, ada = await stage.network(), await stage.phone("ada")
        begun = time.time()
        await end(*await answered(stage, ada, network, PREMIUM))
        for _ in range(2):
            await end(*await answered(stage, ada, network, ABROAD))
        await refused(stage, ada, ABROAD, STOPPED)
        assert ABROAD in (await told(reception, "dear calls in 60 min", begun))[0].text

    async def stopped(stage: Stage) -> None:
        network, ada, bo = await stage.network(), await stage.phone("ada"), await stage.phone("bo")
        another = answered(stage, ada, network, NATIONAL)
        _, usual = await asyncio.gather(refused(stage, bo, ABROAD, STOPPED), another)  # the whole tenant is
        await end(*usual)
        assert shown(reception, "--lift")["stop"] is None
        await end(*await answered(stage, bo, network, ABROAD))

    reception.on_stage(TENANT, rush)
    before = shown(reception)
    assert float(before["spending"][0]["spent"]) >= 1
    assert {**before["stop"], "user": "ada", "number": ABROAD} == before["stop"]
    assert reception.apply()[f"lab.tenant.{TENANT}"] in ("unchanged", "applied")
    reception.run("core", "sleep 2; systemctl restart asterisk && asterisk -rx 'core waitfullybooted'")
    assert shown(reception) == before, "neither an apply nor a restart gives new money, or lifts the stop"
    reception.on_stage(TENANT, stopped)


def test_n8_a_barred_number_is_opened_for_one_call_by_a_pin(reception: Reception) -> None:
    pin = reception.pbx("limits", TENANT, "--pin", "carl").strip()

    async def play(stage: Stage) -> None:
        network, rescue = await stage.network(), await stage.network(Route.EMERGENCY)
        ada, carl = await stage.phone("ada"), await stage.phone("carl")
        call = await stage.dial(carl, f"*33{PREMIUM}")
        await stage.hears(call, pins.PLEASE["en"])
        await call.press("000000#" if pin != "000000" else "111111#")
        await stage.hears(call, pins.WRONG["en"])
        await call.press(f"{pin}#")
        there = await stage.pick_up(network)
        assert there.caller == SWITCHBOARD
        await end(call, there)
        await asyncio.gather(
            refused(stage, carl, PREMIUM, BARRED),  # it was for one call
            refused(stage, ada, f"*33{PREMIUM}", BARRED),  # she has no such PIN
        )
        await end(*await answered(stage, carl, rescue, "*33112"))

    reception.on_stage(TENANT, play)
