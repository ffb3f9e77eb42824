"""Forwarding rules of users (U4): by what her telephones answer, and by who calls."""

from __future__ import annotations

import pytest

from provisioner.core.ports.sip import CallState
from tests.lab.reception.reception import Reception, Stage

pytestmark = [pytest.mark.lab, pytest.mark.engine, pytest.mark.row("U4")]

TENANT, FIA = "devices", "+46313900678"


def test_u4_a_declined_call_goes_one_way_for_a_colleague_and_another_for_a_stranger(reception: Reception) -> None:
    async def play(stage: Stage) -> None:
        fia, bo, carl, anna = [
            await stage.phone(*each) for each in (("fia",), ("bo",), ("carl",), ("anna", "desk"))
        ]  # fmt: skip
        for caller, dialled, onward in ((carl, "27", bo), (await stage.outside("+46701740621"), FIA, anna)):
            call = await caller.call(dialled)
            await (await fia.incoming(8)).hang_up()
            await stage.pick_up(onward)
            assert await call.until(CallState.UP, timeout=5) is CallState.UP
            await call.hang_up()

    reception.on_stage(TENANT, play)


def test_u4_without_a_telephone_a_stranger_goes_on_and_a_colleague_learns_that_nobody_is_there(
    reception: Reception,
) -> None:
    async def play(stage: Stage) -> None:
        carl, anna = await stage.phone("carl"), await stage.phone("anna", "desk")
        call = await (await stage.outside("+46701740621")).call(FIA)
        await stage.pick_up(anna)
        assert await call.until(CallState.UP, timeout=5) is CallState.UP
        await call.hang_up()
        call = await carl.call("27")
        assert await call.until(timeout=8) is CallState.ENDED
        assert "480" in call.reason

    reception.on_stage(TENANT, play)
