"""By which tariff an answered call costs: each edge beside its neighbour."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from provisioner.features.plans import tariffs
from provisioner.features.plans.model import Answered, Mediation

STOCKHOLM = ZoneInfo("Europe/Stockholm")
DAY = {"weekly": {"mon-fri": "08:00-17:00"}}
MESSAGE, CONNECTED = Mediation.MESSAGE, Mediation.CONNECTED


def answered(**named: Any) -> Answered:
    return Answered.model_validate(
        {"tariffs": {name.replace("_", "-"): {"price": "1", **each} for name, each in named.items()}}
    )


SIX = answered(
    day_long={**DAY, "length": "longer"},
    day_connected={**DAY, "mediation": "connected"},
    day=DAY,
    other_long={"length": "longer"},
    other_connected={"mediation": "connected"},
    other={},
)


@pytest.mark.row("T2")
@pytest.mark.parametrize(
    ("at", "mediation", "seconds", "tariff"),
    [
        ("2027-03-01 07:59:59", MESSAGE, 45, "other"),
        ("2027-03-01 08:00:00", MESSAGE, 45, "day"),  # a Monday
        ("2027-03-01 08:00:00", MESSAGE, 46, "day-long"),
        ("2027-03-01 16:59:59", CONNECTED, 45, "day-connected"),
        ("2027-03-01 16:59:59", CONNECTED, 46, "day-long"),
        ("2027-03-01 17:00:00", CONNECTED, 45, "other-connected"),
        ("2027-03-05 16:59:00", MESSAGE, 1, "day"),
        ("2027-03-06 12:00:00", MESSAGE, 1, "other"),
        ("2027-03-07 12:00:00", CONNECTED, 300, "other-long"),
    ],
)
def test_a_call_costs_by_time_of_week_mediation_and_length(
    at: str, mediation: Mediation, seconds: int, tariff: str
) -> None:
    moment = datetime.fromisoformat(at).replace(tzinfo=STOCKHOLM)
    assert tariffs.chosen(SIX, moment, mediation, seconds) == tariff


@pytest.mark.parametrize(
    ("at", "tariff"),
    [
        ("2027-03-07 21:59", "rest"),
        ("2027-03-07 22:00", "night"),  # a Sunday, into the next week
        ("2027-03-08 01:59", "night"),
        ("2027-03-08 02:00", "rest"),
    ],
)
def test_hours_go_on_over_the_end_of_the_week(at: str, tariff: str) -> None:
    both = answered(night={"weekly": {"sun": "22:00-02:00"}}, rest={})
    moment = datetime.fromisoformat(at).replace(tzinfo=STOCKHOLM)
    assert tariffs.chosen(both, moment, MESSAGE, 10) == tariff


def test_six_tariffs_leave_nothing_open_and_are_all_used() -> None:
    assert tariffs.unpriced(SIX) == ""
    assert tariffs.unused(SIX) == []


@pytest.mark.parametrize(
    ("named", "unpriced", "unused"),
    [
        ({"day": DAY}, "message, included, on Monday at 00:00", []),
        ({"usual": {}, "day": DAY}, "", ["day"]),
        ({"message": {"mediation": "message"}}, "connected, included, on Monday at 00:00", []),
        ({"work": {"weekly": {"mon-fri": "00:00-24:00"}}, "end": {"weekly": {"sat-sun": "00:00-24:00"}}}, "", []),
        (
            {"work": {"weekly": {"mon-fri": "00:00-24:00"}}, "end": {"weekly": {"sat-sun": "00:00-23:00"}}},
            "message, included, on Saturday at 23:00",
            [],
        ),
    ],
)
def test_what_no_tariff_prices_and_which_is_never_used(named: dict[str, Any], unpriced: str, unused: list[str]) -> None:
    assert tariffs.unpriced(answered(**named)) == unpriced
    assert tariffs.unused(answered(**named)) == unused
