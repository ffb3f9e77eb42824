"""Findings that hang on the day of the run: what is over, and how long holidays are known."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from provisioner.core.feature import Scope
from provisioner.features.schedules.calendars import YEARS
from provisioner.features.schedules.checks import YEARS_AHEAD, check
from provisioner.features.schedules.model import Schedule

SCOPE = Scope("acme", "Acme", "acme.example", "Europe/Stockholm", "sv", "SE")
LAST = YEARS[-1] - YEARS_AHEAD


def codes(today: date, **more: Any) -> list[str]:
    data = {"weekly": {"mon-fri": "08:00-17:00"}, "open": "user:anna", "closed": "voicemail:info", **more}
    return [each.rule.code for each in check({"office": Schedule.model_validate(data)}, replace(SCOPE, today=today))]


@pytest.mark.parametrize(
    ("today", "more", "found"),
    [
        (date(LAST, 12, 31), {"holidays": {}}, []),
        (date(LAST + 1, 1, 1), {"holidays": {}}, ["T115"]),
        (date(LAST + 1, 1, 1), {}, []),
        (date(2026, 8, 2), {"exceptions": [{"date": "2026-07-06..2026-08-02", "closed": "yes"}]}, []),
        (date(2026, 8, 3), {"exceptions": [{"date": "2026-07-06..2026-08-02", "closed": "yes"}]}, ["T114"]),
        (date(2026, 12, 25), {"exceptions": [{"recurs": "12-24", "closed": "yes"}]}, []),
    ],
)
def test_what_the_day_of_the_run_finds(today: date, more: dict[str, Any], found: list[str]) -> None:
    assert codes(today, **more) == found
