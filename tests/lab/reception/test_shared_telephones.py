"""Shared telephones: whose they are while somebody is logged in."""

from __future__ import annotations

import asyncio

import pytest

from provisioner.core.ports.sip import CallState, SipAgent
from provisioner.features.hot_desks import asterisk as desks
from provisioner.targets.asterisk import pins
from tests.lab.reception.device_scene import (
    TENANT,
)
from tests.lab.reception.reception import Reception, Stage

pytestmark = [pytest.mark.lab, pytest.mark.engine]


@pytest.mark.row("N5")
def test_n5_a_shared_telephone_is_hers_who_logs_in_until_she_is_logged_out(reception: Reception) -> None:
    hers = {name: reception.pbx("pin", TENANT, name).strip() for name in ("erik", "anna")}

    async def play(stage: Stage) -> None:
        window, bo, network = await stage.phone("window"), await stage.phone("bo"), await stage.network()

        async def log_in(user: str, extension: str) -> None:
            """Types while she is asked, as people do who know what comes."""
            call = await stage.dial(window, f"*34{extension}")
            await asyncio.sleep(0.8)
            await call.press(f"{hers[user]}#")
            assert await call.until(timeout=12) is CallState.ENDED

        async def log_out() -> None:
            call = await stage.dial(window, "*34")
            await stage.hears(call, desks.WORDS["out"]["en"])
            await call.until(timeout=5)

        async def shows(caller: SipAgent, dialled: str, callee: SipAgent, number: str, name: str = "") -> None:
            call = await caller.call(dialled)
            told = await (await callee.incoming(8)).identity()
            assert (told.caller, told.display_name) == (number, name)
            await call.hang_up()

        await stage.clock("2027-03-01 12:00")
        try:
            call = await bo.call("26")
            assert await call.until(CallState.UP, timeout=8) is CallState.ENDED, "she has no telephone"
            call = await bo.call("*3426")
            assert await call.until(CallState.UP, timeout=8) is CallState.ENDED, "nor does his become hers"
            call = await stage.dial(window, "*3426")
            await stage.hears(call, pins.PLEASE["en"])
            await call.press("000000#" if hers["erik"] != "000000" else "111111#")
            await stage.hears(call, pins.WRONG["en"])
            await call.press(f"{hers['erik']}#")
            await stage.hears(call, desks.WORDS["in"]["en"])
            assert await call.until(timeout=5) is CallState.ENDED
            await shows(bo, "26", window, "22", "Bo Ek")
            await shows(window, "0701740619", network, "+46313900672")
            await log_in("anna", "21")
            call = await bo.call("26")
            assert await call.until(CallState.UP, timeout=8) is CallState.ENDED, "she is logged in nowhere any more"
            await shows(window, "22", bo, "21")
            (seat,) = (await asyncio.to_thread(reception.document, "desk", TENANT))["desks"]
            assert (seat["desk"], seat["user"], seat["until"][:13]) == ("window", "anna", "2027-03-01T13")
            await stage.clock("2027-03-01 13:01")
            await shows(window, "22", bo, "25")
            await stage.clock("2027-03-01 12:59")
            await shows(window, "22", bo, "21")
            await asyncio.to_thread(reception.pbx, "desk", TENANT, "window", "out")
            await shows(window, "22", bo, "25")
            await log_in("anna", "21")
        finally:
            await log_out()
        await shows(window, "22", bo, "25")

    reception.on_stage(TENANT, play)
