"""Until when a schedule is switched: what people write, by the schedule's own clock."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from provisioner.core.errors import UsageError
from provisioner.core.ports.switches import Switched
from provisioner.pipeline import switching

STOCKHOLM = ZoneInfo("Europe/Stockholm")
NOW = datetime(2026, 11, 23, 15, 30, tzinfo=UTC)  # 16:30 in Stockholm


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("16:31", "2026-11-23 16:31"),
        ("16:30", "2026-11-24 16:30"),
        ("8:00", "2026-11-24 08:00"),
        ("2026-11-23T16:31", "2026-11-23 16:31"),
        ("2026-12-24 17:00", "2026-12-24 17:00"),
        ("2026-11-23T15:31+00:00", "2026-11-23 16:31"),
    ],
)
def test_until(text: str, meant: str) -> None:
    found = datetime.fromtimestamp(switching.until(text, NOW, STOCKHOLM), STOCKHOLM)
    assert found.strftime("%Y-%m-%d %H:%M") == meant


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("2026-11-23T16:30", "is over"),
        ("2020-01-01", "is over"),
        ("24:00", "is no time"),
        ("soon", "is no time"),
        ("", "is no time"),
    ],
)
def test_until_refused(text: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        switching.until(text, NOW, STOCKHOLM)


def test_a_night_in_which_the_clocks_change() -> None:
    before = datetime(2027, 3, 27, 22, 0, tzinfo=UTC)  # 23:00 on the day before
    found = datetime.fromtimestamp(switching.until("3:00", before, STOCKHOLM), UTC)
    assert found == datetime(2027, 3, 28, 1, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("found", "decides"),
    [
        (Switched("closed"), "closed"),
        (Switched("closed", int(NOW.timestamp()) + 1), "closed"),
        (Switched("closed", int(NOW.timestamp())), "auto"),
    ],
)
def test_what_is_in_force(found: Switched, decides: str) -> None:
    assert switching.in_force(found, NOW).state == decides
