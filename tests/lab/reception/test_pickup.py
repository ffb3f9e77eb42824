"""Calls that users take while they ring at a colleague's telephone (row U7)."""

from __future__ import annotations

import pytest

from provisioner.core.ports.sip import CallState
from provisioner.features.pickup_groups.asterisk import DENIED, NOTHING
from tests.lab.reception.reception import Reception, Stage
from tests.lab.reception.test_transfers import GROUP, MAIN, OUTSIDE, TENANT, talking, talks

pytestmark = [pytest.mark.lab, pytest.mark.engine]


@pytest.mark.row("U7")
@pytest.mark.parametrize(
    ("number", "code"), [(MAIN, "*20"), (GROUP, "*2031")], ids=["the group's code", "her extension"]
)
def test_u7_a_member_takes_a_call_that_rings_at_a_colleagues(reception: Reception, number: str, code: str) -> None:
    async def play(stage: Stage) -> None:
        anna, bo, carl = [await stage.phone(each) for each in ("anna", "bo", "carl")]
        caller = await (await stage.outside(OUTSIDE)).call(number)
        ringing = await anna.incoming(8)
        await talking(reception, "anna")
        taken = await stage.dial(bo, code)
        assert await caller.until(CallState.UP, timeout=5) is CallState.UP
        assert await ringing.until(timeout=5) is CallState.ENDED
        await talks(caller, taken)
        await talking(reception, "bo")
        # Sent on, it is with the rights of whoever took it, as any other call.
        await taken.transfer("33")
        there = await stage.pick_up(carl)
        assert there.caller == OUTSIDE
        await talking(reception, "carl")
        await caller.hang_up()
        assert await there.until(timeout=5) is CallState.ENDED
        await talking(reception)

    reception.on_stage(TENANT, play)


@pytest.mark.row("U7")
def test_u7_nobody_takes_calls_of_another_group_or_where_nothing_rings(reception: Reception) -> None:
    async def play(stage: Stage) -> None:
        anna, carl = await stage.phone("anna"), await stage.phone("carl")
        caller = await (await stage.outside(OUTSIDE)).call(MAIN)
        ringing = await anna.incoming(8)
        for code, said in (("*2031", DENIED), ("*20", NOTHING), ("*2032", NOTHING)):
            tried = await carl.call(code)
            await tried.until(CallState.EARLY, timeout=5)
            await stage.hears(tried, said["en"])
            assert await tried.until(timeout=5) is CallState.ENDED
        assert ringing.state is CallState.RINGING
        await caller.hang_up()

    reception.on_stage(TENANT, play)
