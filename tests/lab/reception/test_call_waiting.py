"""A second call to somebody who is on one, as callers meet it (U6): busy, ringing, or waiting for her with music."""

from __future__ import annotations

import asyncio

import pytest

from provisioner.core.ports.sip import CallState, SipAgent
from provisioner.features.users.engaged import CHOICES
from provisioner.targets.asterisk import counting
from tests.lab.reception.reception import Reception, Stage

pytestmark = [pytest.mark.lab, pytest.mark.engine, pytest.mark.row("U6")]

TENANT, ANNA, BO, GROUP = "waiting", "+46406280470", "+46406280471", "+46406280472"

FIRST = next(each.recipe for each in counting.sounds("en") if each.alias.endswith("queue-youarenext"))
"""What the first of those who wait hears."""


async def silent(*agents: SipAgent) -> None:
    """None of these telephones rings within two seconds."""
    for agent in agents:
        with pytest.raises(TimeoutError):
            await agent.incoming(1)


def test_u6_a_second_call_finds_her_busy_until_she_chooses_otherwise(reception: Reception) -> None:
    async def play(stage: Stage) -> None:
        desk, second = await stage.phone("anna"), await stage.phone("anna", "second")
        caller, other = await stage.outside("+46701740641"), await stage.outside("+46701740642")
        talk = await caller.call(ANNA)
        taken = await stage.pick_up(desk)
        rung = await second.incoming(5)  # rang along for the first
        assert await rung.until(timeout=5) is CallState.ENDED
        again = await stage.dial(other, ANNA)
        await stage.hears(again, stage.prompt("engaged"))
        in_group = await stage.dial(other, GROUP)
        await stage.hears(in_group, stage.prompt("engaged"))
        await silent(second)
        chosen = await stage.dial(second, "*43")
        await stage.hears(chosen, CHOICES["on"]["en"])
        assert await chosen.until(timeout=5) is CallState.ENDED
        third = await other.call(ANNA)
        waiting = await stage.pick_up(second)
        for call, there in ((third, waiting), (talk, taken)):
            await call.hang_up()
            assert await there.until(timeout=5) is CallState.ENDED

    try:
        reception.on_stage(TENANT, play)
    finally:
        reception.asterisk(f"database del pbx/{TENANT} call-waiting-anna")


def test_u6_callers_wait_for_her_with_their_place_and_are_put_through(reception: Reception) -> None:
    async def play(stage: Stage) -> None:
        desk, second = await stage.phone("bo"), await stage.phone("bo", "second")
        colleague = await stage.phone("anna")
        out = await desk.call("21")
        met = await stage.pick_up(colleague)
        waits = await stage.dial(await stage.outside("+46701740641"), BO)
        await stage.hears(waits, FIRST)
        too_many = await stage.dial(await stage.outside("+46701740642"), BO)
        await stage.hears(too_many, stage.prompt("engaged"))
        await silent(second)
        await out.hang_up()
        assert await met.until(timeout=5) is CallState.ENDED
        taken = await stage.pick_up(second)
        assert taken.caller == "+46701740641"
        late = await stage.dial(await stage.outside("+46701740643"), BO)
        await asyncio.sleep(7)
        assert late.state is CallState.UP
        await stage.hears(late, stage.prompt("engaged"))  # her rule, when the time is over
        await waits.hang_up()
        assert await taken.until(timeout=5) is CallState.ENDED

    reception.on_stage(TENANT, play)
