"""Telephones that are made of PJSIP, as many apps and desk telephones are."""

from __future__ import annotations

import asyncio

import pytest

from provisioner.adapters.audio.measure import NumpyEar
from provisioner.adapters.audio.speak import NumpyVoice
from provisioner.core.ports.sip import CallState
from tests.lab.reception.pjsua import Pjsua
from tests.lab.reception.reception import Reception, Stage

pytest.importorskip("pjsua2", reason="bin/setup tests installs it on x86_64 alone")
pytestmark = [pytest.mark.lab, pytest.mark.engine]

EAR, VOICE, TENANT, TALK = NumpyEar(), NumpyVoice(), "devices", 2.5


@pytest.mark.row("N5", "U14")
def test_n5_a_telephone_of_pjsip_calls_and_is_called_by_tls_with_protected_media(reception: Reception) -> None:
    accounts = reception.verification().surroundings(reception.specification()).accounts
    hers = next(each for each in accounts if (each.tenant, each.login) == (TENANT, "anna-app"))
    account = {
        "login": hers.login, "domain": hers.domain, "password": hers.password,
        "edge": f"198.19.{reception.lab.status().slot}.20",
    }  # fmt: skip

    async def play(stage: Stage) -> bytes:
        desk = await stage.phone("bo")
        with Pjsua(reception.lab.namespace("phones"), account, VOICE.tone(800, 3)) as phone:
            await asyncio.to_thread(phone.until, "registered")
            phone.do("call", "22")
            into = await stage.pick_up(desk)
            await asyncio.to_thread(phone.until, "confirmed")
            await into.play(VOICE.tone(1900, 8))
            await asyncio.sleep(TALK)
            phone.do("dump")
            assert "SRTP status: Active" in (await asyncio.to_thread(phone.until, "dump"))["text"]
            recording = await into.heard()
            assert EAR.tone(recording, 800, EAR.seconds(recording) - TALK / 2).heard
            phone.do("hang-up")
            assert await into.until(timeout=5) is CallState.ENDED

            back = await desk.call("21")
            assert "22@" in (await asyncio.to_thread(phone.until, "called"))["remote"]
            phone.do("answer")
            assert await back.until(CallState.UP, timeout=5) is CallState.UP
            await back.hang_up()
            await asyncio.to_thread(phone.until, "disconnected")
            phone.close()
            return phone.heard()

    heard = reception.on_stage(TENANT, play)
    assert EAR.tone(heard, 1900, 0.5, TALK / 2).heard
