"""Time zones as calendars are told of them, held against a second reader of such zones."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from dateutil.tz import tzical

from provisioner.pipeline.time_zones import component

pytestmark = pytest.mark.row("C10")


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("Europe/Stockholm", 2),
        ("America/New_York", 2),
        ("Australia/Sydney", 2),
        ("Asia/Kolkata", 1),
        ("Atlantic/Azores", 2),
        ("UTC", 1),
    ],
)
def test_every_hour_of_four_years_is_the_zones_own(name: str, parts: int) -> None:
    zone = ZoneInfo(name)
    told = component(zone, 2027)
    assert len(told.subcomponents) == parts
    read = tzical(StringIO(told.to_ical().decode())).get(name)
    assert read
    moment = datetime(2027, 1, 1, tzinfo=UTC)
    while moment < datetime(2031, 1, 1, tzinfo=UTC):
        there = moment.astimezone(zone)
        if there.replace(fold=1).utcoffset() == there.replace(fold=0).utcoffset():
            assert there.replace(tzinfo=read).utcoffset() == there.utcoffset(), there
        moment += timedelta(hours=1)


def test_a_zone_without_a_rule_is_left_to_the_library() -> None:
    assert component(ZoneInfo("Africa/Casablanca"), 2027) is None
