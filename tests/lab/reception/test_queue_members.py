"""Members of queues and groups: who comes and goes, who rings next, what their keys show (rows Q1, Q3, Q5)."""

from __future__ import annotations

import pytest

from provisioner.core.probes import (
    Answers,
    Dials,
    HangsUp,
    Hears,
    IsEnded,
    Network,
    Outside,
    Presses,
    Reaches,
    Registers,
    Rings,
    StaysQuiet,
    TalkBothWays,
    Waits,
)
from provisioner.features.queues.members import TAKE
from provisioner.targets.asterisk import agents
from tests.lab.reception.keys import BLINKS, DARK, LIT, key
from tests.lab.reception.queue_scene import ANNA, BO, CALLER, CECILIA, DAVID, OTHER, TENANT, light
from tests.lab.reception.reception import Reception

pytestmark = [pytest.mark.lab, pytest.mark.engine, pytest.mark.usefixtures("reachable")]


@pytest.mark.row("Q1")
def test_q1_a_member_outside_presses_1_to_take_the_call(reception: Reception) -> None:
    reception.perform(
        TENANT,
        Dials(CALLER, "+46846500404"),
        Reaches(Network(), "+46701740690"),
        Hears(Network(), TAKE["sv"]),
        Presses(Network(), "1"),
        TalkBothWays(CALLER, Network()),
        HangsUp(CALLER),
    )


@pytest.mark.row("Q3")
def test_q3_members_log_out_and_in_by_phone_and_an_administrator_does(reception: Reception) -> None:
    said = {state: sounds["sv"] for state, sounds in agents.SAID.items()}
    reception.perform(
        TENANT,
        Registers(ANNA),
        Dials(ANNA, "*22912"),
        Hears(ANNA, said["out"]),
        IsEnded(ANNA),
        Dials(CALLER, "+46846500402"),
        Rings(BO, within=8),
        StaysQuiet(ANNA),
        HangsUp(CALLER),
        Dials(CECILIA, "*22912*101"),
        Hears(CECILIA, said["denied"]),
        IsEnded(CECILIA),
        Dials(DAVID, "*22912*101"),
        Hears(DAVID, said["in"]),
        IsEnded(DAVID),
        Dials(OTHER, "+46846500402"),
        Rings(ANNA, within=8),
        HangsUp(OTHER),
    )
    assert "State: 'INUSE'" in light(reception, "queue.seats.anna")
    reception.perform(TENANT, Dials(ANNA, "*23912"), Hears(ANNA, said["pause"]), IsEnded(ANNA))
    assert "State: 'RINGING'" in light(reception, "queue.seats.anna")
    reception.perform(TENANT, Dials(ANNA, "*23912"), Hears(ANNA, said["in"]), IsEnded(ANNA))
    reception.perform(TENANT, Dials(ANNA, "*22900"), Hears(ANNA, said["out"]), IsEnded(ANNA))
    reception.perform(
        TENANT, Registers(ANNA), Dials(CALLER, "+46846500407"), Rings(BO), StaysQuiet(ANNA), HangsUp(CALLER)
    )
    reception.pbx("agent", TENANT, "ring_group:office", "anna", "in")


@pytest.mark.row("Q3")
def test_q3_a_key_shows_whether_a_member_is_there(reception: Reception) -> None:
    said = {state: sounds["sv"] for state, sounds in agents.SAID.items()}
    with key(reception, TENANT, "david", "*22912*101") as lamp:
        assert lamp.shows() == LIT
        for verb, wanted in (("pause", BLINKS), ("resume", LIT), ("out", DARK), ("in", LIT)):
            reception.pbx("agent", TENANT, "seats", "anna", verb)
            assert lamp.shows() == wanted, verb
        for state, wanted in (("out", DARK), ("in", LIT)):
            reception.perform(TENANT, Dials(ANNA, "*22912"), Hears(ANNA, said[state]), IsEnded(ANNA))
            assert lamp.shows() == wanted, state
        reception.pbx("agent", TENANT, "seats", "bo", "pause")
        assert lamp.stays(), "another member's state is no news"
        reception.pbx("agent", TENANT, "seats", "bo", "resume")


@pytest.mark.row("Q3")
def test_q3_nobody_watches_members_of_another_company(reception: Reception) -> None:
    with key(reception, "menus", "nils", "*22912*101", domain="queues.example") as lamp:
        assert lamp.answer.status == 403
    with key(reception, "menus", "nils", "*22912*101") as lamp:
        assert lamp.answer.status == 404


@pytest.mark.row("Q5")
def test_q5_wrap_up_penalty_and_head_start(reception: Reception) -> None:
    vip = Outside("+46701740699")
    reception.perform(
        TENANT,
        Registers(BO),
        Dials(CALLER, "+46846500405"),
        Rings(ANNA),
        StaysQuiet(BO),
        Answers(ANNA),
        Waits(1),
        HangsUp(CALLER),
        Dials(OTHER, "+46846500405"),
        Rings(BO, OTHER.number, within=7),
        HangsUp(OTHER),
        seconds=120,
    )
    reception.pbx("agent", TENANT, "ranks", "bo", "out")
    reception.perform(
        TENANT,
        Waits(9),
        Dials(ANNA, "102"),
        Rings(BO, "101"),
        Answers(BO),
        Dials(OTHER, "+46846500405"),
        Waits(2),
        Dials(vip, "+46846500405"),
        Waits(2),
        HangsUp(ANNA),
        Rings(ANNA, vip.number),
        HangsUp(vip),
        HangsUp(OTHER),
        seconds=120,
    )
    reception.pbx("agent", TENANT, "ranks", "bo", "in")
