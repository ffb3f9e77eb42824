"""Call-backs as callers and those who call back meet them (R7): offered, keyed in, refused, read back, sent on."""

from __future__ import annotations

import asyncio
import json
import time

import pytest

from provisioner.adapters.lab.catcher import Caught, caught
from provisioner.core.artifacts import Recipe
from provisioner.core.ports.sip import CallState, SipCall
from provisioner.features.call_backs import sentences
from provisioner.targets.asterisk import asking
from tests.lab.reception.reception import Reception, Stage

pytestmark = [pytest.mark.lab, pytest.mark.engine, pytest.mark.row("R7")]

TENANT, NUMBER = "menus", "+46313900661"
ABROAD = "+4915123456789"


def swedish(sentence: dict[str, Recipe]) -> Recipe:
    return sentence["sv"]


async def told(reception: Reception, number: str, seconds: float = 40) -> list[Caught]:
    """The mail and the text message about a number."""
    end = time.monotonic() + seconds
    while len(found := [each for each in caught(reception.lab.run) if number in each.text]) < 2:
        assert time.monotonic() < end, found
        await asyncio.sleep(0.5)
    return found


async def digits_heard(stage: Stage, call: SipCall) -> set[str]:
    """Which digits were said at all; `recognise` tells each sound once."""
    known = {str(digit): swedish(sound) for digit, sound in enumerate(asking.DIGITS)}
    return {each.words for each in await stage.recognise(call, known)}


def stored(reception: Reception) -> str:
    return reception.asterisk(f"database show pbx/{TENANT}/call-backs")


def waiting(reception: Reception) -> list[dict[str, str]]:
    found: list[dict[str, str]] = json.loads(reception.pbx("callbacks", TENANT, "--format", "json"))["call_backs"]
    return found


def test_r7_the_callers_own_number_is_offered_confirmed_stored_and_sent(reception: Reception) -> None:
    async def play(stage: Stage) -> None:
        call = await stage.dial(await stage.outside("+46701740631"), NUMBER)
        await stage.hears(call, swedish(sentences.OFFER))
        await stage.hears(call, swedish(sentences.OFFERED), within=40)
        await call.press("1")
        await stage.hears(call, swedish(sentences.THANKS))
        assert await digits_heard(stage, call) == set("0701740631")
        assert await call.until(timeout=10) is CallState.ENDED
        found = await told(reception, "+46701740631")
        assert sorted((each.kind, each.to) for each in found) == [
            ("mail", ("support@menus.example",)),
            ("sms", ("+46701740698",)),
        ]
        assert all("Supporten" in each.text for each in found)

    reception.on_stage(TENANT, play)
    assert "support +46701740631" in stored(reception)
    reception.run("core", "systemctl restart asterisk && asterisk -rx 'core waitfullybooted'")
    assert "support +46701740631" in stored(reception), "a restart does not lose it"
    listed = [each for each in waiting(reception) if each["number"] == "+46701740631"]
    assert [each["menu"] for each in listed] == ["support"]
    reception.pbx("callbacks", TENANT, "--done", listed[0]["id"])
    assert listed[0] not in waiting(reception)


def test_r7_another_number_is_keyed_in_read_back_and_confirmed(reception: Reception) -> None:
    async def play(stage: Stage) -> None:
        call = await stage.dial(await stage.outside("+46701740632"), NUMBER)
        await stage.hears(call, swedish(sentences.OFFERED), within=40)
        await call.press("2")
        await stage.hears(call, swedish(sentences.KEY_IN))
        await call.press("0701740655#")
        await stage.hears(call, swedish(sentences.READ_BACK))
        await stage.hears(call, swedish(sentences.CONFIRM), within=40)
        await call.press("1")
        await stage.hears(call, swedish(sentences.THANKS))
        await told(reception, "+46701740655")

    reception.on_stage(TENANT, play)
    assert "+46701740632" not in stored(reception), "only what was confirmed is stored"


@pytest.mark.parametrize(
    "keys", ["09391234567#", "004915123456789#", "112#", "08#"], ids=["premium", "abroad", "112", "short"]
)
def test_r7_a_number_that_is_barred_or_none_is_refused(reception: Reception, keys: str) -> None:
    async def play(stage: Stage) -> None:
        call = await stage.dial(await stage.outside(ABROAD), NUMBER)  # from abroad: not offered
        await stage.hears(call, swedish(sentences.KEY_IN))
        await call.press(keys)
        await stage.hears(call, swedish(asking.NOT_CALLABLE))
        await stage.hears(call, swedish(sentences.KEY_IN))
        await call.press(keys)
        await stage.hears(call, stage.prompt("used-up"), within=30)
        assert await call.until(timeout=10) is CallState.ENDED

    before = stored(reception)
    reception.on_stage(TENANT, play)
    assert stored(reception) == before


def test_r7_who_says_nothing_leaves_no_number(reception: Reception) -> None:
    async def play(stage: Stage) -> None:
        call = await stage.dial(await stage.outside("+46701740633"), NUMBER)
        await stage.hears(call, stage.prompt("used-up"), within=90)

    reception.on_stage(TENANT, play)
    assert "+46701740633" not in stored(reception)
