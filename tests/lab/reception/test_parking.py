"""Calls that users park, take from a slot, and get back (row U7)."""

from __future__ import annotations

import asyncio

import pytest

from provisioner.core.ports.sip import CallState
from provisioner.features.parking.asterisk import EMPTY, announcement
from tests.lab.reception.keys import DARK, LIT, key
from tests.lab.reception.reception import Reception, Stage
from tests.lab.reception.test_transfers import EAR, MAIN, OUTSIDE, TENANT, rings_not, talking, talks

pytestmark = [pytest.mark.lab, pytest.mark.engine]


@pytest.mark.row("U7")
def test_u7_a_call_is_parked_shown_by_lamps_and_taken(reception: Reception) -> None:
    async def play(stage: Stage) -> None:
        anna, bo = await stage.phone("anna"), await stage.phone("bo")
        caller = await (await stage.outside(OUTSIDE)).call(MAIN)
        here = await stage.pick_up(anna)
        with key(reception, TENANT, "carl", "*211") as first, key(reception, TENANT, "carl", "*212") as second:
            assert (first.shows(), second.shows()) == (DARK, DARK)
            # At a slot of her choice, without asking.
            await here.transfer("*212")
            assert await asyncio.to_thread(second.shows) == LIT
            assert await here.until(timeout=5) is CallState.ENDED
            await talking(reception)
            began = EAR.seconds(await caller.heard())
            await asyncio.sleep(2)
            assert EAR.level(await caller.heard(), began) > -50, "music"
            taken = await stage.dial(bo, "*212")
            assert await asyncio.to_thread(second.shows) == DARK
            await talks(caller, taken)
            await talking(reception, "bo")
            # At the first free one, which is told in an announced transfer.
            asked = await stage.dial(bo, "*21")
            assert await asyncio.to_thread(first.shows) == LIT
            await stage.hears(asked, announcement("1")["en"])
            await taken.join(asked)
            assert await asked.until(timeout=5) is CallState.ENDED
            await talking(reception)
            taken = await stage.dial(anna, "*211")
            assert await asyncio.to_thread(first.shows) == DARK
            await talks(caller, taken)
            await talking(reception, "anna")
            await taken.transfer("*211")
            assert await asyncio.to_thread(first.shows) == LIT
            await caller.hang_up()
            assert await asyncio.to_thread(first.shows) == DARK
        nobody = await bo.call("*211")
        await nobody.until(CallState.EARLY, timeout=5)
        await stage.hears(nobody, EMPTY["en"])

    reception.on_stage(TENANT, play)


@pytest.mark.row("U7")
def test_u7_who_is_not_taken_comes_back_to_the_user_who_parked_her(reception: Reception) -> None:
    async def play(stage: Stage) -> None:
        anna, bo = await stage.phone("anna"), await stage.phone("bo")
        caller = await (await stage.outside(OUTSIDE)).call(MAIN)
        await (await stage.pick_up(anna)).transfer("*21")
        await rings_not(anna, 8)
        back = await stage.pick_up(anna, within=8)
        told = await back.identity()
        assert (told.caller, told.display_name.rstrip()) == (OUTSIDE, "Parked 1")
        await talks(caller, back)
        # A slot that is taken, by a colleague: the second caller comes back at once.
        await back.transfer("*211")
        out = await bo.call("31")
        other = await stage.pick_up(anna)
        assert await out.until(CallState.UP, timeout=5) is CallState.UP
        await other.transfer("*211")
        assert (await anna.incoming(5)).caller == "32"
        await out.hang_up()
        await caller.hang_up()

    reception.on_stage(TENANT, play)
