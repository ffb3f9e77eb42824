"""A year as it is shown: every day, what decides it, names, and the days on which the clocks change."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from provisioner.cli.year import Year, picture, said, special
from provisioner.cli.year.text import lines
from provisioner.core.feature import Scope
from provisioner.features.schedules import trace
from provisioner.features.schedules.model import Schedule
from provisioner.features.schedules.year import Day, Kind, days

CALENDARS = {"closed.ics": (Path(__file__).parents[1] / "calendars" / "closed.ics").read_bytes()}
SCOPE = Scope("acme", "Acme", "acme.example", "Europe/Stockholm", "sv", "SE", calendars=CALENDARS)
OFFICE: dict[str, Any] = {
    "weekly": {"mon-fri": ["08:00-12:00", "13:00-17:00"]},
    "holidays": {"without": ["trettondedag jul"], "with": [{"title": "Founder's day", "recurs": "03-03"}]},
    "exceptions": [
        {"title": "Summer & sun", "date": "2027-07-12..2027-07-30", "closed": "yes", "destination": "hangup:busy"},
        {"recurs": "12-23", "hours": "08:00-12:00"},
    ],
    "open": "user:anna",
    "closed": "voicemail:info",
}


def year(number: int = 2027, **more: Any) -> Year:
    schedule = Schedule.model_validate({**OFFICE, **more})
    zone = schedule.time_zone or SCOPE.time_zone
    return Year("acme", "office", number, zone, tuple(days("office", schedule, SCOPE, number)))


@pytest.mark.parametrize(
    ("day", "kind", "words"),
    [
        ("2027-01-01", Kind.HOLIDAY, "closed; Nyårsdagen"),
        ("2027-01-06", Kind.WEEKLY, "08:00-12:00 13:00-17:00"),
        ("2027-03-03", Kind.HOLIDAY, "closed; Founder's day"),
        ("2027-03-28", Kind.HOLIDAY, "closed; Påskdagen; clocks change 02:00 → 03:00"),
        ("2027-07-11", Kind.WEEKLY, "closed"),
        ("2027-07-12", Kind.EXCEPTION, "closed; Summer & sun; callers reach hangup:busy"),
        ("2027-10-31", Kind.WEEKLY, "closed; clocks change 03:00 → 02:00"),
        ("2027-12-23", Kind.EXCEPTION, "08:00-12:00; 12-23"),
    ],
)
def test_a_day(day: str, kind: Kind, words: str) -> None:
    (found,) = (each for each in year().days if each.date == date.fromisoformat(day))
    assert (found.kind, said(found)) == (kind, words)


@pytest.mark.parametrize(
    ("day", "words"),
    [
        ("2026-07-06", "closed; Summer; callers reach hangup:normal"),
        ("2026-12-23", "closed; Little Christmas Eve; callers reach hangup:normal"),
        ("2026-08-10", "closed; Away; callers reach user:bo"),
        ("2026-08-14", "closed; Away; callers reach user:bo"),
        ("2026-08-17", "08:00-12:00 13:00-17:00"),
    ],
)
def test_a_day_of_a_calendar_file_or_vacation(day: str, words: str) -> None:
    calendar = {"file": "closed.ics", "destination": "hangup:normal"}
    vacations = [{"title": "Away", "date": "2026-08-10..2026-08-14", "destination": "user:bo", "prompt": "away"}]
    shown = year(2026, calendar=calendar, vacations=vacations)
    (found,) = (each for each in shown.days if each.date == date.fromisoformat(day))
    assert (found.kind is not Kind.WEEKLY, said(found)) == ("closed" in words, words)


@pytest.mark.parametrize(
    ("zone", "changes"),
    [
        ("Australia/Lord_Howe", ["2027-04-04 02:00 → 01:30", "2027-10-03 02:00 → 02:30"]),
        ("America/New_York", ["2027-03-14 02:00 → 03:00", "2027-11-07 02:00 → 01:00"]),
        ("Asia/Kathmandu", []),
        ("Africa/Cairo", ["2027-04-30 00:00 → 01:00", "2027-10-28 00:00 → 23:00"]),
    ],
)
def test_clocks_change(zone: str, changes: list[str]) -> None:
    assert [f"{each.date} {each.clocks}" for each in year(time_zone=zone).days if each.clocks] == changes


def test_every_day_is_there_and_holds_what_a_call_meets() -> None:
    schedule = Schedule.model_validate(OFFICE)
    found = year(2028).days
    assert len(found) == 366
    for each in found:
        rule = trace.day_rule(("schedules", "office"), schedule, each.date, SCOPE)
        assert each.hours == tuple(map(str, rule.windows))


def test_days_in_a_row_are_one_line() -> None:
    told = [each.when for each in special(year().days) if "Summer" in said(each.day)]
    assert told == ["2027-07-12 Mon … 2027-07-30 Fri"]


def test_as_text() -> None:
    shown = [line.plain for line in lines(year())]
    assert shown[0] == "acme office 2027 (Europe/Stockholm)"
    assert shown[4].startswith("                  1h  2.  3.")
    assert " 12x 13x 14x 15x 16x 17x 18x" in "\n".join(shown)
    assert any("28~" in line for line in shown)


def test_as_a_picture() -> None:
    drawn = picture.draw(year())
    assert drawn == picture.draw(year())
    root = ElementTree.fromstring(drawn)
    titles = [each.text or "" for each in root.iter("{http://www.w3.org/2000/svg}title")]
    assert len(titles) == 365
    assert "2027-07-12 Monday: closed; Summer & sun; callers reach hangup:busy" in titles


def test_special_days_of_nothing() -> None:
    assert list(special([Day(date(2027, 1, 4), Kind.WEEKLY, ("08:00-17:00",))])) == []
