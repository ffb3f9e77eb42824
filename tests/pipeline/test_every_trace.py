"""Every outcome of a call: what one call comes to is among them, and the times of all are exact."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from provisioner.core.refs import DESTINATION_KINDS, Ref
from provisioner.core.trace import Call, Caller, End, Ending
from provisioner.pipeline.load import load
from provisioner.pipeline.tracing import every, given, interpreter, times
from provisioner.pipeline.validate import Specification, validate
from provisioner.tenant import FEATURES

EXAMPLES = Path(__file__).parents[2] / "examples"
ZONE = ZoneInfo("Europe/Stockholm")
FIRST = datetime(2027, 1, 4, 9, tzinfo=ZONE)
CALLER = Caller("+46701740655")
NOBODY = given.Given(no_answer=frozenset({given.EVERYBODY}))


@cache
def examples() -> Specification:
    return validate(load(EXAMPLES))


def call(slug: str, number: str, at: datetime = FIRST) -> Call:
    return Call(at, CALLER, number, examples().scopes[slug].language)


def numbers() -> list[tuple[str, str]]:
    return [(slug, number) for slug, tenant in examples().tenants.items() for number in tenant.numbers]


@pytest.mark.parametrize(("slug", "number"), numbers())
@pytest.mark.parametrize("said", [given.Given(), NOBODY, given.Given(keys=("1",)), given.Given(keys=("2", "5"))])
def test_what_one_call_comes_to_is_among_all_outcomes(slug: str, number: str, said: given.Given) -> None:
    tenant, scope, first = examples().tenants[slug], examples().scopes[slug], Ref("number", number)
    one = interpreter.follow(tenant, scope, first, call(slug, number), given.Situation(said, tenant.users))
    ends = [each.end for each in every.outcomes(tenant, scope, first, call(slug, number), given.Given())]
    assert one.end in ends
    assert len(ends) == len(set(ends))


def test_what_is_said_holds_in_every_outcome() -> None:
    tenant, scope = examples().tenants["solglantan"], examples().scopes["solglantan"]
    first = Ref("number", "+46846500400")
    found = every.outcomes(tenant, scope, first, call("solglantan", first.name), NOBODY)
    assert not [each for each in found if each.end.how is Ending.ANSWERED]


def held(slug: str, number: str) -> dict[End, tuple[times.Period, ...]]:
    tenant, scope = examples().tenants[slug], examples().scopes[slug]
    found = times.over_a_year(tenant, scope, Ref("number", number), call(slug, number), given.Given())
    return {each.way.end: each.periods for each in found}


def holds(periods: tuple[times.Period, ...], at: datetime) -> bool:
    return any(each.start <= at < each.end for each in periods)


def test_an_outcome_holds_to_the_minute() -> None:
    periods = held("solglantan", "+46846500400")[End(Ending.ANSWERED, "user:anna")]
    edges = {"2027-01-05T07:59": False, "2027-01-05T08:00": True, "2027-01-05T11:59": True, "2027-01-05T12:00": False,
             "2027-12-31T11:59": True, "2027-12-31T13:00": False, "2027-12-24T09:00": False}  # fmt: skip
    assert {each: holds(periods, datetime.fromisoformat(each).replace(tzinfo=ZONE)) for each in edges} == edges


def test_at_each_moment_the_outcomes_are_those_of_a_call_then() -> None:
    slug, number = "nordverk", "+46313900600"
    tenant, scope, all_of_them = examples().tenants[slug], examples().scopes[slug], held(slug, number)
    for hours in range(0, 365 * 24, 61):
        at = FIRST + timedelta(hours=hours)
        ends = every.outcomes(tenant, scope, Ref("number", number), call(slug, number, at), given.Given())
        assert {each.end for each in ends} == {end for end, periods in all_of_them.items() if holds(periods, at)}, at


def test_the_periods_of_a_year_leave_nothing_out() -> None:
    tenant, scope = examples().tenants["nordverk"], examples().scopes["nordverk"]
    parts = [each for alike in times.kinds(tenant, scope, FIRST) for each in alike]
    start = FIRST.astimezone(UTC)
    assert times.joined(parts) == (times.Period(start, start + timedelta(days=times.DAYS)),)
    assert sum(each.hours for each in parts) == times.DAYS * 24


def test_every_destination_that_a_room_defines_can_be_traced() -> None:
    rooms = [each for each in FEATURES if each.kind in DESTINATION_KINDS]
    assert {each.kind for each in rooms} >= {"user", "queue", "ivr", "voicemail"}
    assert [each.section for each in rooms if each.trace is None] == []
