"""Keys that show whether a colleague is on a call or is being called, whichever of her telephones it is (row U10)."""

from __future__ import annotations

import asyncio

import pytest

from provisioner.core.ports.sip import CallState
from provisioner.features.users import mobile
from tests.lab.reception.keys import BLINKS, DARK, LIT, Key, key
from tests.lab.reception.reception import Reception, Stage
from tests.lab.reception.test_transfers import GROUP, OUTSIDE, TENANT

pytestmark = [pytest.mark.lab, pytest.mark.engine]

A_SECOND = 1.0
POCKET, POCKET_GROUP, FORWARDED = "+46701740618", "+46313900675", "+46313900676"
"""A user's mobile telephone, and numbers that lead to it by a group and by a colleague's forwarding."""


async def turns(lamp: Key, wanted: str) -> None:
    """Within a second."""
    assert await asyncio.to_thread(lamp.shows, A_SECOND) == wanted


@pytest.mark.row("U10")
def test_u10_a_key_blinks_while_a_colleague_is_called_and_is_lit_while_she_talks(reception: Reception) -> None:
    async def play(stage: Stage) -> None:
        anna, bo = await stage.phone("anna"), await stage.phone("bo")
        with key(reception, TENANT, "carl", "32") as lamp, key(reception, TENANT, "bo", "31") as annas:
            assert (lamp.shows(), annas.shows()) == (DARK, DARK)
            call = await anna.call("32")
            await turns(annas, LIT)
            await turns(lamp, BLINKS)
            taken = await stage.pick_up(bo)
            await turns(lamp, LIT)
            # A second call that rings at her changes nothing: she is on one.
            second = await (await stage.outside(OUTSIDE)).call("+46846500483")
            waiting = await bo.incoming(8)
            assert await asyncio.to_thread(lamp.stays, 2)
            await second.hang_up()
            assert await waiting.until(timeout=5) is CallState.ENDED
            assert await asyncio.to_thread(lamp.stays, 2)
            await call.hang_up()
            await turns(lamp, DARK)
            await turns(annas, DARK)
            assert await taken.until(timeout=5) is CallState.ENDED

    reception.on_stage(TENANT, play)


@pytest.mark.row("U10")
def test_u10_a_call_that_nobody_takes_or_another_takes_leaves_the_lamp_dark(reception: Reception) -> None:
    async def play(stage: Stage) -> None:
        anna, bo = await stage.phone("anna"), await stage.phone("bo")
        outside = await stage.outside(OUTSIDE)
        with key(reception, TENANT, "carl", "31") as annas, key(reception, TENANT, "carl", "32") as bos:
            assert (annas.shows(), bos.shows()) == (DARK, DARK)
            call = await outside.call(GROUP)
            await anna.incoming(8)
            await turns(annas, BLINKS)
            await call.hang_up()
            await turns(annas, DARK)
            call = await outside.call(GROUP)
            await anna.incoming(8)
            await turns(annas, BLINKS)
            taken = await stage.dial(bo, "*20")
            # Hers is counted anew a moment after the call has gone to her colleague.
            assert await asyncio.to_thread(annas.shows, 4) == DARK
            await turns(bos, LIT)
            await taken.hang_up()
            await turns(bos, DARK)

    reception.on_stage(TENANT, play)


@pytest.mark.row("U10")
def test_u10_it_is_the_users_line_and_not_a_telephones(reception: Reception) -> None:
    async def play(stage: Stage) -> None:
        desk, app = await stage.phone("anna", "desk"), await stage.phone("anna", "app")
        bo = await stage.phone("bo")
        with key(reception, "devices", "bo", "21") as lamp:
            assert lamp.shows() == DARK
            for telephone in (app, desk):
                call = await telephone.call("22")
                await turns(lamp, LIT)
                await stage.pick_up(bo)
                assert await call.until(CallState.UP, timeout=5) is CallState.UP
                await call.hang_up()
                await turns(lamp, DARK)
            call = await bo.call("21")
            await turns(lamp, BLINKS)
            await stage.pick_up(app)
            await turns(lamp, LIT)
            await call.hang_up()
            await turns(lamp, DARK)

    reception.on_stage("devices", play)


@pytest.mark.row("U10")
def test_u10_a_mobile_telephone_that_is_called_along_rings_until_the_call_is_taken_by_a_key(
    reception: Reception,
) -> None:
    async def play(stage: Stage) -> None:
        network, line = await stage.network(), await stage.outside("+46701740619")
        with key(reception, "devices", "bo", "23") as lamp:
            assert lamp.shows() == DARK
            call = await line.call("+46313900673")
            pocket = await network.incoming(10)
            await turns(lamp, BLINKS)
            await pocket.answer()
            await stage.hears(pocket, mobile.TAKE["en"])
            assert await asyncio.to_thread(lamp.stays, 1), "a mailbox would talk here, and nobody is on a call"
            await pocket.press("1")
            assert await call.until(CallState.UP, timeout=8) is CallState.UP
            await turns(lamp, LIT)
            await call.hang_up()
            await turns(lamp, DARK)
            assert await pocket.until(timeout=5) is CallState.ENDED

    reception.on_stage("devices", play)


@pytest.mark.row("U10")
@pytest.mark.parametrize("way", [POCKET_GROUP, FORWARDED, ""], ids=["a group", "a forwarding", "a colleague"])
def test_u10_a_mobile_telephone_that_is_called_by_its_number_rings_until_it_answers(
    reception: Reception, way: str
) -> None:
    async def play(stage: Stage) -> None:
        network = await stage.network()
        caller = await stage.outside("+46701740619") if way else await stage.phone("bo")
        with key(reception, "devices", "anna", "23") as lamp:
            assert lamp.shows() == DARK
            for answers in (False, True):
                call = await caller.call(way or POCKET)
                pocket = await network.incoming(10)
                await turns(lamp, BLINKS)
                assert await asyncio.to_thread(lamp.stays, 1), "it rings on"
                if answers:
                    await pocket.answer()
                    assert await call.until(CallState.UP, timeout=8) is CallState.UP
                    await turns(lamp, LIT)
                await call.hang_up()
                await turns(lamp, DARK)
                assert await pocket.until(timeout=5) is CallState.ENDED

    reception.on_stage("devices", play)


@pytest.mark.row("U10")
def test_u10_nobody_sees_the_lines_of_another_company(reception: Reception) -> None:
    with key(reception, TENANT, "carl", "22") as lamp:
        assert lamp.answer.status == 404, "an extension of the other tenant's"
    with key(reception, TENANT, "carl", "21", domain="devices.example") as lamp:
        assert lamp.answer.status == 403
