"""Numbers of every kind, called: where each leads, on which days, for whom, and what is recorded (rows N1 to N5)."""

from __future__ import annotations

import pytest

from provisioner.core.ports.sip import CallState
from provisioner.core.probes import (
    Dials,
    HangsUp,
    Hears,
    IsEnded,
    Network,
    Outside,
    Passes,
    Phone,
    Presses,
    Reaches,
    Rings,
    Step,
)
from provisioner.features.numbers.asterisk import NOT_IN_USE, RECORDED
from provisioner.features.numbers.screening import PRESS_KEY, REFUSED, SHOW_NUMBER
from tests.lab.reception.reception import Reception, Stage
from tests.lab.reception.recordings import heard_in, prompts, recordings

pytestmark = [pytest.mark.lab, pytest.mark.engine]

TENANT = "numbers"
ADA, BO = Phone("ada"), Phone("bo")
SOMEBODY, BLOCKED, FRIEND, NOBODY = map(Outside, ("+46701740641", "+46701740651", "+46701740652", "anonymous"))


def hears(reception: Reception, caller: Outside, prompt: str, language: str = "en") -> Step:
    return Hears(caller, reception.specification().scopes[TENANT].sounds[prompt][language])


@pytest.mark.row("N1")
@pytest.mark.parametrize(("number", "prompt"), [("+46406280400", "front"), ("+46406280401", "office")])
def test_n1_each_main_number_leads_to_a_place_of_its_own(reception: Reception, number: str, prompt: str) -> None:
    reception.perform(
        TENANT,
        Dials(SOMEBODY, number),
        hears(reception, SOMEBODY, prompt),
        IsEnded(SOMEBODY),
        Passes(SOMEBODY, (f"number:{number}", f"announcement:{prompt}")),
    )


@pytest.mark.row("N1")
def test_n1_callers_hear_the_language_of_the_number(reception: Reception) -> None:
    reception.perform(
        TENANT, Dials(SOMEBODY, "+46406280403"), hears(reception, SOMEBODY, "front", "sv"), IsEnded(SOMEBODY)
    )


@pytest.mark.row("N1")
def test_n1_a_blocked_caller_is_refused_and_another_is_not(reception: Reception) -> None:
    reception.perform(TENANT, Dials(BLOCKED, "+46406280404"), Hears(BLOCKED, REFUSED["en"]), IsEnded(BLOCKED))
    for caller in (FRIEND, SOMEBODY):
        reception.perform(TENANT, Dials(caller, "+46406280404"), hears(reception, caller, "front"), IsEnded(caller))


@pytest.mark.row("N1")
def test_n1_a_number_for_a_few_sends_all_others_elsewhere(reception: Reception) -> None:
    number = "+46406280409"
    reception.perform(TENANT, Dials(FRIEND, number), hears(reception, FRIEND, "front"), IsEnded(FRIEND))
    reception.perform(TENANT, Dials(SOMEBODY, number), hears(reception, SOMEBODY, "office"), IsEnded(SOMEBODY))


@pytest.mark.row("N1")
def test_n1_a_withheld_caller_is_told_to_show_the_number(reception: Reception) -> None:
    reception.perform(TENANT, Dials(NOBODY, "+46406280404"), Hears(NOBODY, SHOW_NUMBER["en"]), IsEnded(NOBODY))


@pytest.mark.row("N1")
@pytest.mark.parametrize(("key", "prompt"), [("5", "front"), ("4", "office")])
def test_n1_a_withheld_caller_presses_a_key_to_get_through(reception: Reception, key: str, prompt: str) -> None:
    reception.perform(
        TENANT,
        Dials(NOBODY, "+46406280405"),
        Hears(NOBODY, PRESS_KEY["en"]),
        Presses(NOBODY, key),
        hears(reception, NOBODY, prompt),
        IsEnded(NOBODY),
    )


@pytest.mark.row("N1")
def test_n1_everybody_gets_through_after_a_call_for_help(reception: Reception) -> None:
    called = f"database put pbx/{TENANT} called-for-help"
    reception.asterisk(f"{called} {reception.run('core', 'date +%s').strip()}")
    try:
        reception.perform(TENANT, Dials(NOBODY, "+46406280404"), hears(reception, NOBODY, "front"), IsEnded(NOBODY))
    finally:
        reception.asterisk(f"database del pbx/{TENANT} called-for-help")


@pytest.mark.row("N1")
def test_n1_a_ported_number_begins_on_its_day_without_an_apply(reception: Reception) -> None:
    number = "+46406280406"
    reception.perform(TENANT, Dials(SOMEBODY, number), IsEnded(SOMEBODY, within=5), at="2027-05-31 23:30")
    reception.perform(
        TENANT,
        Dials(SOMEBODY, number),
        hears(reception, SOMEBODY, "front"),
        IsEnded(SOMEBODY),
        at="2027-06-01 00:01",
    )


@pytest.mark.row("N1")
def test_n1_before_its_day_a_user_reaches_whoever_has_the_number(reception: Reception) -> None:
    number, network = "+46406280406", Network()
    reception.perform(
        TENANT, Dials(BO, number), Reaches(network, number, "+46406280400"), HangsUp(BO), at="2027-05-31 12:00"
    )


@pytest.mark.row("N1")
def test_n1_a_closed_number_says_so_in_the_tenants_languages_for_its_time(reception: Reception) -> None:
    number = "+46406280407"
    said = [Hears(SOMEBODY, NOT_IN_USE[language]) for language in ("en", "sv")]
    reception.perform(TENANT, Dials(SOMEBODY, number), hears(reception, SOMEBODY, "front"), at="2027-06-30 23:30")
    reception.perform(TENANT, Dials(SOMEBODY, number), *said, IsEnded(SOMEBODY), at="2027-07-01 00:01")
    passes = Passes(SOMEBODY, (f"number:{number}",))
    reception.perform(TENANT, Dials(SOMEBODY, number), IsEnded(SOMEBODY, within=3), passes, at="2028-01-01 00:01")


@pytest.mark.row("N1")
def test_n1_a_closed_number_may_lead_on(reception: Reception) -> None:
    reception.perform(
        TENANT,
        Dials(SOMEBODY, "+46406280410"),
        hears(reception, SOMEBODY, "moved"),
        hears(reception, SOMEBODY, "moved", "sv"),
        hears(reception, SOMEBODY, "office"),
        IsEnded(SOMEBODY),
        at="2027-07-01 12:00",
    )


@pytest.mark.row("N2")
def test_n2_a_direct_number_rings_its_user_and_shows_what_was_called(reception: Reception) -> None:
    async def play(stage: Stage) -> tuple[str, str]:
        ada = await stage.phone("ada", "desk")
        caller = await stage.outside("+46701740641")
        await caller.call("+46406280402")
        rung = await ada.incoming(10)
        shown = await rung.identity()
        return shown.display_name, shown.caller

    name, caller = reception.on_stage(TENANT, play)
    assert name == "Support: +46701740641"
    assert caller == "+46701740641"


@pytest.mark.row("N3")
def test_n3_a_number_of_another_country_is_answered(reception: Reception) -> None:
    number = "+442079460000"
    reception.perform(TENANT, Dials(SOMEBODY, number), hears(reception, SOMEBODY, "office"), IsEnded(SOMEBODY))


@pytest.mark.row("N4")
def test_n4_a_fixed_and_a_mobile_number_lead_to_one_user_who_shows_the_mobile_one(reception: Reception) -> None:
    for number in ("+46406280402", "+46701740699"):
        reception.perform(TENANT, Dials(SOMEBODY, number), Rings(ADA, SOMEBODY.number), HangsUp(SOMEBODY))
    called, network = "+46850100200", Network()
    reception.perform(TENANT, Dials(ADA, called), Reaches(network, called, "+46701740699"), HangsUp(ADA))


@pytest.mark.row("N5")
def test_n5_desk_phone_cordless_and_app_ring_on_one_extension(reception: Reception) -> None:
    devices = [Phone("ada", device) for device in ("desk", "cordless", "app")]
    reception.perform(TENANT, Dials(BO, "10"), *(Rings(each, "11") for each in devices), HangsUp(BO))


@pytest.mark.row("N1")
def test_n1_a_recorded_number_says_so_and_keeps_both_sides(reception: Reception) -> None:
    sides = {"caller": "front", "callee": "office"}

    async def play(stage: Stage) -> None:
        ada = await stage.phone("ada", "desk")
        call = await stage.dial(await stage.outside("+46701740641"), "+46406280408")
        await stage.hears(call, RECORDED["en"])
        rung = await stage.pick_up(ada)
        for speaker, listener, prompt in ((call, rung, sides["caller"]), (rung, call, sides["callee"])):
            await speaker.play(await stage.bench.sounds(stage.prompt(prompt)))
            await stage.hears(listener, stage.prompt(prompt))
        await call.hang_up()
        await rung.until(CallState.ENDED, timeout=5)

    with recordings(reception, TENANT) as made:
        reception.on_stage(TENANT, play)
        (found,) = made.new(1)
        assert (found.reason, found.name, found.number) == ("number", "46406280408", "+46701740641")
        sounds = prompts(reception, TENANT, sides.values())
        assert heard_in(reception, TENANT, made.sound(found), sounds) == set(sounds)
