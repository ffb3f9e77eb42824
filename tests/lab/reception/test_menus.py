"""Menus as callers meet them (R1, R2), what becomes of calls that nobody takes (R6), and callers who behave badly."""

from __future__ import annotations

import asyncio

import pytest

from provisioner.core.ports.sip import CallState
from provisioner.core.probes import (
    Answers,
    Dials,
    HangsUp,
    Hears,
    IsEnded,
    MessageLeft,
    Outside,
    Passes,
    Phone,
    Presses,
    Rings,
    Speaks,
    TalkBothWays,
    Waits,
)
from provisioner.core.visits import BEEP
from provisioner.features.directories.asterisk import NOBODY, name_sound
from provisioner.features.voicemail.asterisk import GREETING
from tests.lab.reception.reception import CALLER, Reception, Stage
from tests.lab.reception.whereabouts import Whereabouts, process

pytestmark = [pytest.mark.lab, pytest.mark.engine]

TENANT, NUMBER = "menus", "+46313900660"
KEPT = "+46313900664"
ME = Outside(CALLER)
NILS, OLGA = Phone("nils"), Phone("olga")


def says(reception: Reception, prompt: str, language: str = "sv", within: float = 20.0) -> Hears:
    return Hears(ME, reception.specification().scopes[TENANT].sounds[prompt][language], within)


@pytest.mark.row("R1", "R2", "N1")
def test_r1_r2_a_welcome_then_a_menu_whose_key_says_something_before_the_next(reception: Reception) -> None:
    reception.perform(
        TENANT,
        Dials(ME, NUMBER),
        says(reception, "welcome"),
        says(reception, "main"),
        Presses(ME, "1"),
        says(reception, "connecting"),
        says(reception, "below"),
        Presses(ME, "9"),
        Rings(NILS, CALLER),
        Answers(NILS),
        TalkBothWays(ME, NILS),
        HangsUp(ME),
        Passes(ME, (f"number:{NUMBER}", "announcement:welcome", "ivr:main", "ivr:below", "user:nils")),
        seconds=120,
    )


@pytest.mark.row("R2")
def test_r2_the_way_back_and_another_language(reception: Reception) -> None:
    reception.perform(
        TENANT,
        Dials(ME, NUMBER),
        says(reception, "main"),
        Presses(ME, "1"),
        says(reception, "below"),
        Presses(ME, "*"),
        says(reception, "main"),
        Presses(ME, "2"),
        says(reception, "main", "en"),
        Presses(ME, "1"),
        says(reception, "below", "en"),
        HangsUp(ME),
        seconds=120,
    )


@pytest.mark.row("R2")
@pytest.mark.parametrize(("keys", "phone"), [("0101", NILS), ("0205", OLGA), ("1205", OLGA)])
def test_r2_an_extension_is_dialled(reception: Reception, keys: str, phone: Phone) -> None:
    below = [says(reception, "below")] if keys[0] == "1" else []
    reception.perform(
        TENANT,
        Dials(ME, NUMBER),
        says(reception, "main"),
        Presses(ME, keys[0]),
        *below,
        Presses(ME, keys[1:]),
        Rings(phone, CALLER),
        HangsUp(ME),
        seconds=120,
    )


@pytest.mark.row("R2")
def test_r2_an_extension_that_may_not_be_dialled_is_one_wrong_answer(reception: Reception) -> None:
    reception.perform(
        TENANT,
        Dials(ME, NUMBER),
        says(reception, "main"),
        Presses(ME, "0299"),
        says(reception, "wrong"),
        says(reception, "main"),
        Presses(ME, "1"),
        says(reception, "below"),
        HangsUp(ME),
        seconds=120,
    )


@pytest.mark.row("R2")
def test_r2_people_are_found_by_the_letters_on_the_keys(reception: Reception) -> None:
    scope = reception.specification().scopes[TENANT]
    reception.perform(
        TENANT,
        Dials(ME, "+46313900665"),
        says(reception, "letters"),
        Presses(ME, "999"),
        Hears(ME, NOBODY["sv"]),
        says(reception, "letters"),
        Presses(ME, "265"),  # B-o-k
        Hears(ME, name_sound("olga", scope)),
        Presses(ME, "1"),
        Rings(OLGA, CALLER),
        HangsUp(ME),
        seconds=120,
    )


@pytest.mark.row("R2")
def test_r2_silence_and_wrong_keys_are_told_apart_and_used_up_together(reception: Reception) -> None:
    reception.perform(
        TENANT,
        Dials(ME, NUMBER),
        says(reception, "main"),
        says(reception, "silent"),
        says(reception, "main"),
        Presses(ME, "7"),
        says(reception, "wrong"),
        says(reception, "used-up"),
        IsEnded(ME),
        seconds=120,
    )


@pytest.mark.row("R6")
def test_r6_on_to_a_shared_mailbox(reception: Reception) -> None:
    reception.perform(
        TENANT,
        Dials(ME, KEPT),
        Rings(NILS, CALLER),
        Rings(OLGA, CALLER),
        Hears(ME, GREETING["sv"], within=30),
        Waits(BEEP),
        Speaks(ME),
        HangsUp(ME),
        MessageLeft("office", ME),
    )


@pytest.mark.row("R2", "R7")
@pytest.mark.parametrize("number", [NUMBER, "+46313900661"], ids=["menu", "call-back"])
def test_r2_r7_a_caller_may_hang_up_at_any_moment(reception: Reception, number: str) -> None:
    async def play(stage: Stage) -> None:
        caller = await stage.outside()
        for moment in (0.0, 0.3, 1.0, 2.5, 5.0, 8.0):
            call = await caller.call(number)
            await call.until(CallState.UP, timeout=10)
            await asyncio.sleep(moment)
            await call.hang_up()
            await call.until(timeout=5)
        await Whereabouts(reception).nobody()

    before = process(reception)
    reception.on_stage(TENANT, play)
    assert process(reception) == before


@pytest.mark.row("R2", "R7")
@pytest.mark.parametrize("number", [NUMBER, "+46313900661"], ids=["menu", "call-back"])
def test_r2_r7_two_thousand_digits_end_the_call_and_nothing_else(reception: Reception, number: str) -> None:
    async def play(stage: Stage) -> None:
        call = await stage.dial(await stage.outside(), number)
        await asyncio.sleep(1)
        await call.press("7395" * 500)
        assert await call.until(timeout=90) is CallState.ENDED
        await Whereabouts(reception).nobody()

    before = process(reception)
    reception.on_stage(TENANT, play)
    assert process(reception) == before
