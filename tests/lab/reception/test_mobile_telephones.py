"""Users' mobile telephones: they ring along, are busy for queues, and call as their user."""

from __future__ import annotations

import asyncio

import pytest

from provisioner.core.ports.sip import CallState, SipCall
from provisioner.features.disa import asterisk as disa
from provisioner.features.outbound.asterisk import BARRED
from provisioner.features.users import mobile
from tests.lab.reception.device_scene import (
    ANNA,
    CARL,
    POCKET,
    TALK,
    TENANT,
    VOICE,
    rings_not,
    says,
)
from tests.lab.reception.reception import Reception, Stage
from tests.lab.reception.whereabouts import Whereabouts

pytestmark = [pytest.mark.lab, pytest.mark.engine]

ACCESS = "+46313900677"
HELP, GROUP, FORWARDED = "+46313900674", "+46313900675", "+46313900676"


@pytest.mark.row("N5")
def test_n5_a_mobile_telephone_rings_along_and_takes_the_call_by_a_key(reception: Reception) -> None:
    async def play(stage: Stage) -> None:
        desk, network = await stage.phone("carl"), await stage.network()
        call = await (await stage.outside("+46701740619")).call(CARL)
        at_desk, at_pocket = await desk.incoming(10), await network.incoming(10)
        assert (await at_pocket.identity()).dialled == POCKET
        await at_pocket.answer()
        await stage.hears(at_pocket, mobile.TAKE["en"])
        # A mailbox would be talking by now; the caller hears it ring, and so does the desk.
        assert call.state in (CallState.RINGING, CallState.EARLY)
        assert at_desk.state is CallState.RINGING
        await at_pocket.press("1")
        assert await call.until(CallState.UP, timeout=8) is CallState.UP
        assert await at_desk.until(timeout=5) is CallState.ENDED
        await call.play(VOICE.tone(800, 8))
        await at_pocket.play(VOICE.tone(1900, 8))
        await asyncio.sleep(TALK)
        says(await call.heard(), 1900)
        says(await at_pocket.heard(), 800)
        await call.hang_up()

    reception.on_stage(TENANT, play)


@pytest.mark.row("N5")
def test_n5_a_mobile_telephone_that_hangs_up_while_it_is_asked_ends_nobodys_call(reception: Reception) -> None:
    async def play(stage: Stage) -> None:
        desk, network = await stage.phone("carl"), await stage.network()
        call = await (await stage.outside("+46701740619")).call(CARL)
        at_desk, at_pocket = await desk.incoming(10), await stage.pick_up(network)
        await Whereabouts(reception).at(None, f"{TENANT}.mobile-taken,s,Read")
        await at_pocket.hang_up()
        assert await at_pocket.until(timeout=5) is CallState.ENDED
        await Whereabouts(reception).away(f"{TENANT}.mobile-taken,")
        assert call.state in (CallState.RINGING, CallState.EARLY)
        await at_desk.answer()
        assert await call.until(CallState.UP, timeout=8) is CallState.UP
        await call.hang_up()

    reception.on_stage(TENANT, play)


@pytest.mark.row("U9", "U15")
def test_u9_the_user_chooses_whether_desk_or_mobile_telephone_rings(reception: Reception) -> None:
    async def play(stage: Stage) -> None:
        desk, network = await stage.phone("carl"), await stage.network()
        line = await stage.outside("+46701740619")

        async def choose(digit: str) -> None:
            told = await stage.dial(desk, f"*26{digit}")
            await stage.hears(told, mobile.CHOICES[digit][1]["en"])
            assert await told.until(timeout=5) is CallState.ENDED

        try:
            await choose("2")
            call = await line.call(CARL)
            await desk.incoming(8)
            await rings_not(network)
            await call.hang_up()

            await choose("3")
            call = await line.call(CARL)
            assert (await (await network.incoming(8)).identity()).dialled == POCKET
            await rings_not(desk)
            await call.hang_up()
        finally:
            await choose("1")
        call = await line.call(CARL)
        await desk.incoming(8)
        await network.incoming(8)
        await call.hang_up()

    reception.on_stage(TENANT, play)


@pytest.mark.row("U9")
def test_u9_a_mobile_telephone_rings_along_when_the_others_have_rung_for_a_while(reception: Reception) -> None:
    async def play(stage: Stage) -> None:
        desk, network = await stage.phone("gus"), await stage.network()
        bo = await stage.phone("bo")
        call = await bo.call("28")
        at_desk = await desk.incoming(8)
        rang = asyncio.get_running_loop().time()
        at_pocket = await network.incoming(12)
        assert 4.5 <= asyncio.get_running_loop().time() - rang <= 8
        assert (await at_pocket.identity()).dialled == "+46701740620"
        assert at_desk.state is CallState.RINGING
        await at_desk.answer()
        assert await call.until(CallState.UP, timeout=5) is CallState.UP
        assert await at_pocket.until(timeout=5) is CallState.ENDED
        await call.hang_up()

        # Who gives up before, or is answered, never rings it.
        call = await bo.call("28")
        await desk.incoming(8)
        await call.hang_up()
        await asyncio.sleep(6)
        await rings_not(network)

    reception.on_stage(TENANT, play)


@pytest.mark.row("N5")
def test_n5_calls_from_the_mobile_telephone_show_whose_it_is(reception: Reception) -> None:
    async def play(stage: Stage) -> None:
        desk = await stage.phone("anna", "desk")
        for number, name in ((POCKET, "Carl Lund"), ("+46701740619", "")):
            call = await (await stage.outside(number)).call(ANNA)
            told = await (await desk.incoming(8)).identity()
            assert (told.caller, told.display_name) == (number, name)
            await call.hang_up()

    reception.on_stage(TENANT, play)


@pytest.mark.row("N5", "Q2")
@pytest.mark.parametrize("way", ["", GROUP, FORWARDED], ids=["she calls", "a group rings it", "a forwarding rings it"])
def test_n5_who_talks_on_the_mobile_telephone_is_busy_for_queues(reception: Reception, way: str) -> None:
    async def play(stage: Stage) -> None:
        desk, network = await stage.phone("carl"), await stage.network()
        if way:
            talk = await (await stage.outside("+46701740619")).call(way)
            await stage.pick_up(network)
        else:
            anna = await stage.phone("anna", "desk")
            talk = await (await stage.outside(POCKET)).call(ANNA)
            await stage.pick_up(anna)
        assert await talk.until(CallState.UP, timeout=8) is CallState.UP
        waits = await stage.dial(await stage.outside("+46701740615"), HELP)
        await rings_not(desk)
        await rings_not(network)
        assert waits.state is CallState.UP
        await talk.hang_up()
        at_desk, at_pocket = await desk.incoming(10), await network.incoming(10)
        assert at_desk.caller == "+46701740615"
        await waits.hang_up()
        for each in (at_desk, at_pocket):
            assert await each.until(timeout=8) is CallState.ENDED

    reception.on_stage(TENANT, play)


@pytest.mark.row("N5", "U15")
def test_n5_a_mobile_telephone_calls_out_through_the_platform_as_its_user(reception: Reception) -> None:
    pin = reception.pbx("pin", TENANT, "carl").strip()

    async def play(stage: Stage) -> None:
        desk, network, pocket = await stage.phone("anna", "desk"), await stage.network(), await stage.outside(POCKET)

        async def dials(number: str) -> SipCall:
            """Types while she is asked, as people do who know what comes."""
            call = await stage.dial(pocket, ACCESS)
            for typed in (pin, number):
                await asyncio.sleep(0.8)
                await call.press(f"{typed}#")
            return call

        call = await stage.dial(pocket, ACCESS)
        await asyncio.sleep(0.8)
        await call.press(f"{pin}#")
        await stage.hears(call, disa.DIAL["en"])
        await call.press("21#")
        there = await stage.pick_up(desk)
        told = await there.identity()
        assert (told.caller, told.display_name) == ("23", "Carl Lund")
        await call.play(VOICE.tone(800, TALK + 2))
        await asyncio.sleep(TALK)
        says(await there.heard(), 800)
        await call.hang_up()
        assert await there.until(timeout=5) is CallState.ENDED

        call = await dials("00447700900123")  # her permission does not reach abroad
        await stage.hears(call, BARRED["en"])
        assert await call.until(timeout=5) is CallState.ENDED

        call = await dials("0701740619")
        told = await (await network.incoming(8)).identity()
        assert (told.dialled, told.caller, told.diverted) == ("+46701740619", "+46313900670", "")
        await call.hang_up()

        stranger = await (await stage.outside("+46701740619")).call(ACCESS)
        assert await stranger.until(CallState.UP, timeout=8) is CallState.ENDED
        assert stranger.reason.startswith("403"), stranger.reason

    reception.on_stage(TENANT, play)
