"""Calls that users send on by their telephones, without asking and after asking, and who cannot (row U7)."""

from __future__ import annotations

import asyncio
import re

import pytest

from provisioner.adapters.audio.measure import NumpyEar
from provisioner.adapters.audio.speak import NumpyVoice
from provisioner.core.ports.sip import CallState, SipAgent, SipCall
from provisioner.core.probes import Route
from provisioner.features.users.asterisk import GREETING
from tests.lab.reception.queue_scene import eventually
from tests.lab.reception.reception import Reception, Stage

pytestmark = [pytest.mark.lab, pytest.mark.engine]

EAR, VOICE = NumpyEar(), NumpyVoice()
TENANT, MAIN, DIRECT, GROUP = "transfers", "+46846500480", "+46846500481", "+46846500482"
OUTSIDE, ELSEWHERE = "+46701740650", "+46701740651"
TALK = 2.0
JOINED = 4.0
"""Seconds within which those who were brought together hear each other and nothing of what they heard before."""
RINGING = 425.0
"""Hertz of the tone that Swedish callers hear while a telephone rings."""


async def talks(one: SipCall, other: SipCall) -> None:
    """Both speak, both are heard for a second and hear nothing else, soon after the platform has joined them."""
    await one.play(VOICE.tone(800, TALK + JOINED))
    await other.play(VOICE.tone(1900, TALK + JOINED))
    await asyncio.sleep(TALK)
    ends = asyncio.get_running_loop().time() + JOINED - 1
    for call, hertz in ((one, 1900), (other, 800)):
        while True:
            recording = await call.heard()
            found = EAR.tone(recording, hertz, EAR.seconds(recording) - TALK / 2)
            if found.heard:
                break
            assert asyncio.get_running_loop().time() < ends, found
            await asyncio.sleep(0.3)


async def hears_ringing(call: SipCall, within: float = 8.0) -> None:
    """For half a second in all; before it the call heard silence, for the telephone that answered it said nothing."""
    async with asyncio.timeout(within):
        while (tone := EAR.tone(await call.heard(), RINGING)).share * tone.seconds < 0.5:
            await asyncio.sleep(0.3)


async def rings_not(agent: SipAgent, seconds: float = 2.0) -> None:
    with pytest.raises(TimeoutError):
        await agent.incoming(seconds)


async def talking(reception: Reception, *users: str) -> None:
    """Those users, and nobody else, are on a call as queues and groups see it."""

    def busy() -> set[str]:
        said = reception.asterisk("devstate list")
        return set(re.findall(rf"'Custom:{TENANT}\.(\w+)'  State: '(?:INUSE|RINGING)'", said))

    await asyncio.to_thread(eventually, busy, set(users))


@pytest.mark.row("U7")
def test_u7_a_caller_from_outside_is_sent_on_to_a_colleague(reception: Reception) -> None:
    async def play(stage: Stage) -> None:
        anna, bo = await stage.phone("anna"), await stage.phone("bo")
        for number in (MAIN, GROUP):
            caller = await (await stage.outside(OUTSIDE)).call(number)
            here = await stage.pick_up(anna)
            assert await caller.until(CallState.UP, timeout=5) is CallState.UP
            await talking(reception, "anna")
            await here.transfer("32")
            there = await bo.incoming(8)
            assert there.caller == OUTSIDE
            assert await here.until(timeout=5) is CallState.ENDED
            await hears_ringing(caller)
            await there.answer()
            await talking(reception, "bo")
            await talks(caller, there)
            await caller.hang_up()
            assert await there.until(timeout=5) is CallState.ENDED
            await talking(reception)

    reception.on_stage(TENANT, play)


@pytest.mark.row("U7")
def test_u7_who_is_called_outside_is_sent_on_and_may_be_again(reception: Reception) -> None:
    async def play(stage: Stage) -> None:
        anna, bo, network = await stage.phone("anna"), await stage.phone("bo"), await stage.network()
        out = await anna.call(ELSEWHERE)
        far = await stage.pick_up(network)
        assert await out.until(CallState.UP, timeout=5) is CallState.UP
        await out.transfer("32")
        at_bo = await stage.pick_up(bo)
        assert at_bo.caller == ELSEWHERE
        await talking(reception, "bo")
        await at_bo.transfer("31")
        back = await stage.pick_up(anna)
        assert back.caller == ELSEWHERE
        assert await at_bo.until(timeout=5) is CallState.ENDED
        await talking(reception, "anna")
        await talks(far, back)
        await far.hang_up()
        assert await back.until(timeout=5) is CallState.ENDED

    reception.on_stage(TENANT, play)


@pytest.mark.row("U7")
def test_u7_who_does_not_answer_lets_her_own_rules_decide(reception: Reception) -> None:
    async def play(stage: Stage) -> None:
        anna, carl = await stage.phone("anna"), await stage.phone("carl")
        caller = await (await stage.outside(OUTSIDE)).call(MAIN)
        here = await stage.pick_up(anna)
        await here.transfer("33")
        await carl.incoming(8)
        await stage.hears(caller, GREETING["en"])
        await caller.hang_up()

    reception.on_stage(TENANT, play)


@pytest.mark.row("U7", "U1", "N8")
def test_u7_outside_the_senders_permission_and_number_count_and_not_the_callers(reception: Reception) -> None:
    async def play(stage: Stage) -> None:
        anna, bo, network = await stage.phone("anna"), await stage.phone("bo"), await stage.network()
        help_line = await stage.network(Route.EMERGENCY)
        # Anna may call outside, and shows her direct number; the caller, a colleague who may not, goes on.
        out = await bo.call("31")
        here = await stage.pick_up(anna)
        assert await out.until(CallState.UP, timeout=5) is CallState.UP
        await here.transfer("0701740651")
        far = await stage.pick_up(network)
        said = await far.identity()
        assert (said.dialled, said.asserted) == (ELSEWHERE, DIRECT)
        await talking(reception, "bo")
        await out.hang_up()
        assert await far.until(timeout=5) is CallState.ENDED

        # Bo may not: the call comes back to him. So does one to a service, which is a user's own.
        out = await anna.call("32")
        at_bo = await stage.pick_up(bo)
        assert await out.until(CallState.UP, timeout=5) is CallState.UP
        # Nor does it help him to say that he is somebody else.
        forged = "sip:0701740651@transfers.example\r\nReferred-By: <sip:anna.desk@transfers>"
        for number in ("0701740651", forged, "*98"):
            await at_bo.transfer(number)
            at_bo = await stage.pick_up(bo)
            assert at_bo.caller == "31"
        await rings_not(network)
        # Calls for help always pass.
        await at_bo.transfer("112")
        rescue = await stage.pick_up(help_line)
        await out.hang_up()
        assert await rescue.until(timeout=5) is CallState.ENDED

    reception.on_stage(TENANT, play)


@pytest.mark.row("U7")
@pytest.mark.parametrize("number", [MAIN, GROUP], ids=["her number", "a group"])
def test_u7_a_call_is_sent_on_after_asking(reception: Reception, number: str) -> None:
    async def play(stage: Stage) -> None:
        anna, bo = await stage.phone("anna"), await stage.phone("bo")
        caller = await (await stage.outside(OUTSIDE)).call(number)
        here = await stage.pick_up(anna)
        assert await caller.until(CallState.UP, timeout=5) is CallState.UP
        asked = await anna.call("32")
        there = await stage.pick_up(bo)
        assert there.caller == "31"
        assert await asked.until(CallState.UP, timeout=5) is CallState.UP
        await here.join(asked)
        assert await here.until(timeout=5) is CallState.ENDED
        assert await asked.until(timeout=5) is CallState.ENDED
        await talking(reception, "bo")
        await talks(caller, there)
        await caller.hang_up()
        assert await there.until(timeout=5) is CallState.ENDED
        await talking(reception)

    reception.on_stage(TENANT, play)


@pytest.mark.row("U7", "N8")
def test_u7_nobody_from_outside_sends_anybody_anywhere(reception: Reception) -> None:
    async def play(stage: Stage) -> None:
        anna, bo, network = await stage.phone("anna"), await stage.phone("bo"), await stage.network()
        help_line, stranger = await stage.network(Route.EMERGENCY), await stage.outside(OUTSIDE)
        for times, number in enumerate(("32", "0701740651", "112"), start=1):
            caller = await stranger.call(MAIN)
            here = await stage.pick_up(anna)
            assert await caller.until(CallState.UP, timeout=5) is CallState.UP
            await caller.transfer(number)
            # Her telephone hangs up when it is told no.
            assert await here.until(timeout=5) is CallState.ENDED
            assert (await stranger.log()).count("SIP/2.0 403 Forbidden") == times
        await rings_not(bo, 1.0)
        for outside in (network, help_line):
            await rings_not(outside, 0.2)

    reception.on_stage(TENANT, play)
