"""The fixture itself: each thing that it offers to rooms, once."""

from __future__ import annotations

import pytest

from provisioner.core.ports.sip import CallState
from provisioner.core.probes import Answers, Dials, HangsUp, Hears, IsEnded, Outside, Phone, Presses, Rings
from tests.lab.reception.reception import CALLER, Reception, Stage

pytestmark = [pytest.mark.lab, pytest.mark.engine]

TENANT, NUMBER = "announcer", "+46980319290"
MONDAY, SUNDAY = "2027-03-01 12:00", "2027-02-28 12:00"


def test_steps_are_carried_out_at_a_time_of_day(reception: Reception) -> None:
    caller, ada = Outside("+46701740611"), Phone("ada")
    sounds = reception.specification().scopes[TENANT].sounds
    reception.perform(
        TENANT,
        Dials(caller, NUMBER),
        Hears(caller, sounds["welcome"]["en"]),
        Presses(caller, "1"),
        Rings(ada, "+46701740611"),
        Answers(ada),
        HangsUp(ada),
        IsEnded(caller),
        at=MONDAY,
    )


def test_a_step_that_is_not_met_fails_and_tells_which_way_the_call_took(reception: Reception) -> None:
    caller, sounds = Outside(CALLER), reception.specification().scopes[TENANT].sounds
    with pytest.raises(AssertionError, match="announcement:closed"):
        reception.perform(TENANT, Dials(caller, NUMBER), Hears(caller, sounds["welcome"]["en"], 1), at=SUNDAY)


def test_a_play_of_ones_own_calls_presses_and_recognises(reception: Reception) -> None:
    async def play(stage: Stage) -> tuple[list[str], str, str]:
        await stage.clock(MONDAY)
        ada = await stage.phone("ada")
        call = await stage.dial(await stage.outside("+46701740612"), NUMBER)
        begin = await stage.hears(call, stage.prompt("welcome"))
        assert begin < 3
        await call.press("1")
        rung = await stage.pick_up(ada)
        await rung.hang_up()
        assert await call.until(timeout=5) is CallState.ENDED
        known = {name: stage.prompt(name) for name in ("welcome", "closed")}
        heard = await stage.recognise(call, known)
        return [each.words for each in heard], rung.caller, reception.asterisk(f"database show pbx/{TENANT}")

    heard, caller, clock = reception.on_stage(TENANT, play)
    assert heard == ["welcome"]
    assert caller == "+46701740612"
    assert "clock-offset" in clock
    assert "clock-offset" not in reception.asterisk(f"database show pbx/{TENANT}"), "it is put right in the end"
