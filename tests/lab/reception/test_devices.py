"""Telephones of every kind: by what each registers, how its media is protected, who rings, and what each shows."""

from __future__ import annotations

import asyncio
import re

import pytest

from provisioner.core.ports.sip import CallState
from tests.lab.reception.device_scene import (
    ANNA,
    TALK,
    TENANT,
    VOICE,
    browser,
    says,
    talk,
)
from tests.lab.reception.media import PLAIN, PROTECTED, sizes
from tests.lab.reception.queue_scene import eventually
from tests.lab.reception.reception import Reception, Stage

pytestmark = [pytest.mark.lab, pytest.mark.engine]

OUTSIDE = "0046701740617"


@pytest.mark.row("N5")
def test_n5_a_softphone_signals_by_tls_and_its_media_is_protected(reception: Reception) -> None:
    async def play(stage: Stage) -> None:
        app, desk = await stage.phone("anna", "app"), await stage.phone("bo")
        assert "transport=tls" in await app.log()
        out = await app.call("22")
        into = await stage.pick_up(desk)
        assert await out.until(CallState.UP, timeout=5) is CallState.UP
        await out.play(VOICE.tone(800, 8))
        await into.play(VOICE.tone(1900, 8))
        assert await sizes(reception, app) == PROTECTED
        assert await sizes(reception, desk) == PLAIN
        says(await out.heard(), 1900)
        says(await into.heard(), 800)
        await out.hang_up()
        assert await into.until(timeout=5) is CallState.ENDED

        back = await desk.call("21")
        rung = await stage.pick_up(app)
        assert await back.until(CallState.UP, timeout=5) is CallState.UP
        await back.play(VOICE.tone(800, 8))
        await rung.play(VOICE.tone(1900, 8))
        assert await sizes(reception, app) == PROTECTED
        says(await back.heard(), 1900)
        says(await rung.heard(), 800)
        await back.hang_up()

    reception.on_stage(TENANT, play)


@pytest.mark.row("U14")
def test_u14_a_browser_calls_and_is_called(reception: Reception) -> None:
    async def play(stage: Stage) -> None:
        desk, line = await stage.phone("bo"), await stage.outside("+46701740615")
        with browser(reception) as web:
            await asyncio.to_thread(web.call, "22")
            into = await stage.pick_up(desk)
            assert await asyncio.to_thread(web.until, "up", "ended") == "up"
            assert into.caller == "21"
            await talk(web, into)
            await asyncio.to_thread(web.hang_up)
            assert await into.until(timeout=5) is CallState.ENDED

            call = await line.call(ANNA)
            assert await asyncio.to_thread(web.until, "called") == "called"
            assert web.caller()[0] == "+46701740615"
            await asyncio.to_thread(web.answer)
            assert await call.until(CallState.UP, timeout=5) is CallState.UP
            await talk(web, call)
            await call.hang_up()
            assert (await asyncio.to_thread(web.until, "ended")).startswith("ended")

        # The page is closed: nobody is there any more, and the caller need not wait to learn it.
        gone = await line.call(ANNA)
        assert await gone.until(timeout=8) is CallState.ENDED, gone.state

    reception.on_stage(TENANT, play)


@pytest.mark.row("N5")
def test_n5_every_telephone_of_hers_rings_and_one_takes_the_call(reception: Reception) -> None:
    """Plain, SRTP and DTLS-SRTP at once: each telephone is offered media that it can speak."""

    async def play(stage: Stage) -> None:
        desk, app = await stage.phone("anna", "desk"), await stage.phone("anna", "app")
        line = await stage.outside("+46701740616")
        with browser(reception) as web:
            for taker in ("app", "browser", "desk"):
                call = await line.call(ANNA)
                at_desk, at_app = await desk.incoming(8), await app.incoming(8)
                assert await asyncio.to_thread(web.until, "called") == "called"
                if taker == "browser":
                    await asyncio.to_thread(web.answer)
                else:
                    await (at_app if taker == "app" else at_desk).answer()
                assert await call.until(CallState.UP, timeout=5) is CallState.UP
                if taker == "browser":
                    await talk(web, call)
                else:
                    mine = at_app if taker == "app" else at_desk
                    await call.play(VOICE.tone(800, 8))
                    await mine.play(VOICE.tone(1900, 8))
                    await asyncio.sleep(TALK)
                    says(await call.heard(), 1900)
                    says(await mine.heard(), 800)
                    assert "cause=200" in await asyncio.to_thread(web.until, "ended"), "it was answered elsewhere"
                for other in {"desk": [at_app], "app": [at_desk], "browser": [at_desk, at_app]}[taker]:
                    assert await other.until(timeout=5) is CallState.ENDED
                await call.hang_up()
                if taker == "browser":
                    await asyncio.to_thread(web.until, "ended")

    reception.on_stage(TENANT, play)


@pytest.mark.row("U1")
@pytest.mark.parametrize(
    ("user", "device", "shown", "private"),
    [
        ("anna", "desk", "+46313900670", False),
        ("anna", "app", "+46313900671", False),
        ("bo", "desk", "+46313900672", False),
    ],
    ids=["the main number", "her own with the app", "that of the support"],
)
def test_u1_each_telephone_shows_its_number(
    reception: Reception, user: str, device: str, shown: str, *, private: bool
) -> None:
    async def play(stage: Stage) -> None:
        phone, network = await stage.phone(user, device), await stage.network()
        call = await phone.call(OUTSIDE)
        arrived = await network.incoming(10)
        told = await arrived.identity()
        assert (told.caller, told.asserted, told.private) == (shown, shown, private)
        await call.hang_up()

    reception.on_stage(TENANT, play)


@pytest.mark.row("U1")
def test_u1_a_browser_that_withholds_its_number(reception: Reception) -> None:
    async def play(stage: Stage) -> None:
        network = await stage.network()
        with browser(reception) as web:
            await asyncio.to_thread(web.call, OUTSIDE)
            told = await (await network.incoming(10)).identity()
            assert (told.caller, told.asserted, told.private) == ("anonymous", "+46313900670", True)
            await asyncio.to_thread(web.hang_up)

    reception.on_stage(TENANT, play)


@pytest.mark.row("U2")
def test_u2_name_or_number_of_callers_as_the_user_likes(reception: Reception) -> None:
    async def play(stage: Stage) -> None:
        anna, bo = await stage.phone("anna", "desk"), await stage.phone("bo")
        for caller, callee, number, name in ((anna, bo, "21", ""), (bo, anna, "22", "Bo Ek")):
            call = await caller.call({"21": "22", "22": "21"}[number])
            told = await (await callee.incoming(8)).identity()
            assert (told.caller, told.display_name) == (number, name)
            await call.hang_up()

    reception.on_stage(TENANT, play)


@pytest.mark.row("U7")
def test_u7_who_sends_a_colleague_on_without_asking_is_free_again(reception: Reception) -> None:
    def talking() -> set[str]:
        said = reception.asterisk("devstate list")
        return set(re.findall(rf"'Custom:{TENANT}\.(\w+)'  State: 'INUSE'", said))

    async def play(stage: Stage) -> None:
        anna, bo, carl = [await stage.phone(*each) for each in (("anna", "desk"), ("bo",), ("carl",))]
        call = await bo.call("23")
        sent_on = await stage.pick_up(carl)
        assert await call.until(CallState.UP, timeout=5) is CallState.UP
        assert await asyncio.to_thread(talking) == {"bo", "carl"}
        await sent_on.transfer("21")
        there = await stage.pick_up(anna)
        assert there.caller == "22"
        assert await sent_on.until(timeout=5) is CallState.ENDED
        await asyncio.to_thread(eventually, talking, {"anna", "bo"})
        await call.play(VOICE.tone(800, TALK + 2))
        await asyncio.sleep(TALK)
        says(await there.heard(), 800)
        await call.hang_up()
        await asyncio.to_thread(eventually, talking, set())

    reception.on_stage(TENANT, play)
