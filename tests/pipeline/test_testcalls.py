"""The test calls that follow from the examples: every way once, the same each time, and only sensible ones."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest

from provisioner.core import probes as p
from provisioner.core.feature import Scope
from provisioner.pipeline import testcalls
from provisioner.pipeline.load import load
from provisioner.pipeline.validate import validate
from provisioner.tenant import Tenant

EXAMPLES = Path(__file__).parents[2] / "examples"
SUNDAY = datetime(2026, 11, 22, 21, tzinfo=UTC)
CLINIC = "solglantan"


@cache
def tenants() -> Mapping[str, tuple[Tenant, Scope]]:
    specification = validate(load(EXAMPLES, frozenset()))
    return {slug: (specification.tenants[slug], specification.scopes[slug]) for slug in specification.tenants}


@cache
def calls(slug: str) -> Mapping[str, p.Probe]:
    found = testcalls.of_tenant(*tenants()[slug], SUNDAY)
    by_id = {probe.id: probe for probe in found}
    assert len(by_id) == len(found), "two probes have one id"
    return by_id


def words(probe: p.Probe) -> list[str]:
    return [str(step).replace(str(probe.parties[0]), "CALLER") for step in probe.steps]


@pytest.mark.parametrize("slug", tenants())
def test_planning_twice_gives_the_same(slug: str) -> None:
    assert testcalls.of_tenant(*tenants()[slug], SUNDAY) == tuple(calls(slug).values())


def test_an_open_hour_a_menu_a_key_and_an_answer_make_one_call() -> None:
    probe = calls(CLINIC)["ring_group.reception.answered"]
    assert probe.at == datetime(2026, 11, 23, 7, 0, 30, tzinfo=UTC)
    assert [line.split(" “")[0] for line in words(probe)] == [
        "CALLER dials +46846500400",
        "CALLER hears",
        "CALLER presses 1",
        "anna's desk rings",
        "bo's desk rings",
        "anna's desk answers",
        "CALLER and anna's desk hear each other",
        "CALLER hangs up",
        "the call passes number:+46846500400, schedule:opening, ivr:main, ring_group:reception",
    ]
    assert set(probe.rows) >= {"N1", "R2", "Q1"}


def test_other_keys_are_pressed_into_the_prompt() -> None:
    steps = words(calls(CLINIC)["queue.nurse.answered"])
    assert steps[:4] == ["CALLER dials +46846500400", "CALLER is answered", "1 s pass", "CALLER presses 2"]
    assert "cecilia's desk or david's desk rings" in steps


def test_outside_hours_a_message_is_left() -> None:
    probe = calls(CLINIC)["voicemail.info.message"]
    assert probe.at == SUNDAY + timedelta(seconds=30)
    assert "mailbox info holds what CALLER said" in words(probe)


def test_holidays_and_exceptions_are_tried_on_their_day() -> None:
    found = calls(CLINIC)
    assert found["schedule.opening.holiday"].at is not None
    assert found["schedule.opening.holiday"].at.isoformat() == "2026-12-25T12:30:00+01:00"
    assert found["schedule.opening.recurs-1231"].title == "Växel › 2026-12-31, closed › to voicemail:info"


def test_used_up_attempts_press_as_often_as_the_menu_allows() -> None:
    steps = words(calls(CLINIC)["ivr.main.used-up"])
    assert steps.count("CALLER presses 0") == 3
    assert steps[-3:-1] == ["anna's desk rings", "bo's desk rings"]


def test_silence_hears_the_menu_again() -> None:
    steps = words(calls(CLINIC)["ivr.main.no-key"])
    assert sum("Välkommen" in step for step in steps) == 2
    assert sum("Jag hörde inget val" in step for step in steps) == 1


def test_whoever_may_call_least_reaches_the_emergency_centre() -> None:
    probe = calls(CLINIC)["sites.main.emergency"]
    assert probe.steps[:2] == (
        p.Dials(p.Phone("waiting-room", "desk"), "112"),
        p.Reaches(p.Network(p.Route.EMERGENCY), "112", "+46846500400"),
    )


@pytest.mark.parametrize(
    ("user", "shown"), [("anna", "+46846500410"), ("cecilia", "+46846500400")], ids=["direct number", "main number"]
)
def test_calls_out_show_what_the_file_says(user: str, shown: str) -> None:
    (reaches,) = [step for step in calls(CLINIC)[f"users.{user}.calls-out"].steps if isinstance(step, p.Reaches)]
    assert (reaches.caller, reaches.withheld) == (shown, False)


def test_whoever_withholds_is_expected_to_and_whoever_is_barred_does_not_get_out() -> None:
    (reaches,) = [step for step in calls("nordverk")["users.hanna.calls-out"].steps if isinstance(step, p.Reaches)]
    assert reaches.withheld
    assert not any(isinstance(step, p.Reaches) for step in calls("nordverk")["users.gate.barred"].steps)


def test_every_telephone_registers_and_every_node_is_visited() -> None:
    for slug, (tenant, scope) in tenants().items():
        steps = [step for probe in calls(slug).values() for step in probe.steps]
        registered = {(step.phone.user, step.phone.device) for step in steps if isinstance(step, p.Registers)}
        assert registered == {(name, device) for name, user in tenant.users.items() for device in user.devices}
        passed = {node for step in steps if isinstance(step, p.Passes) for node in step.nodes}
        declared = {f"ivr:{name}" for name in tenant.ivr} | {f"queue:{name}" for name in tenant.queues}
        declared |= {f"ring_group:{name}" for name in tenant.ring_groups} | {f"number:{n}" for n in tenant.numbers}
        declared |= {str(ref) for ref in scope.extensions.values() if ref.kind not in testcalls.NOT_FROM_INSIDE}
        assert declared <= passed


def test_what_only_colleagues_can_call_is_called_by_one_who_has_no_part_in_it() -> None:
    found = calls("nordverk")
    probe = found["voice_attendant.front.key-0"]
    assert probe.title == "voice_attendant:front on 940 › key 0 › to ring_group:reception"
    assert words(probe)[0] == "CALLER dials 940"
    assert probe.parties[0] == p.Phone("gustav", "desk"), "the others are the group's members"
    # An extension is no number to be called back at.
    assert "Please key in the number" in words(found["call_back.support.left"])[1]


def test_tenants_with_the_same_extension_and_queue_are_kept_apart() -> None:
    found = testcalls.of_platform(tenants())
    assert {probe.id for probe in found} == {"apart.solglantan.extension-101", "apart.solglantan.queue-nurse"}
    quiet = [step.phone for probe in found for step in probe.steps if isinstance(step, p.StaysQuiet)]
    assert {phone.tenant for phone in quiet} == {"solglantan"}
    assert p.Phone("anna", "desk", "solglantan") in quiet


def test_calls_to_one_number_come_from_several_lines() -> None:
    lines = {party for probe in calls("nordverk").values() for party in probe.parties if isinstance(party, p.Outside)}
    assert len(lines) == testcalls.LINES
    assert all(line.number.startswith("+467017406") for line in lines)
