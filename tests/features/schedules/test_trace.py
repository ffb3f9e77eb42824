"""Is it open, and why? One table: each edge beside its neighbour, in the schedule's own wall clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from provisioner.core.feature import Scope
from provisioner.core.week import days_of
from provisioner.features.schedules import trace
from provisioner.features.schedules.calendars import YEARS, calendar, countries, days_off
from provisioner.features.schedules.model import Schedule

CALENDARS = {
    name: (Path(__file__).parents[1] / "calendars" / name).read_bytes() for name in ("closed.ics", "open-days.ics")
}
SCOPE = Scope("acme", "Acme", "acme.example", "Europe/Stockholm", "sv", "SE", calendars=CALENDARS)
STOCKHOLM = ZoneInfo("Europe/Stockholm")


def schedule(**data: Any) -> Schedule:
    return Schedule.model_validate({"open": "user:anna", "closed": "voicemail:info", **data})


OFFICE = schedule(
    weekly={"mon-fri": ["08:00-12:00", "13:00-17:00"]},
    holidays={"with": [{"date": "2026-05-15"}], "destination": "hangup:busy"},
    exceptions=[
        {"recurs": "12-24..01-02", "closed": "yes"},
        {"recurs": "12-31", "hours": "10:00-12:00"},
        {"date": "2026-07-06..2026-08-02", "closed": "yes", "destination": "announcement:vacation"},
        {"date": "2026-07-20", "hours": "08:00-09:00"},
        {"date": "2028-12-31", "closed": "yes"},
        {"recurs": "02-29", "closed": "yes"},
    ],
)
MONTHLY = schedule(
    weekly={"mon-fri": "08:00-17:00"},
    exceptions=[
        {"recurs": "last fri", "hours": "08:00-10:00"},
        {"recurs": "2nd tue mar", "closed": "yes"},
        {"recurs": "5th wed", "closed": "yes"},
    ],
)
AGENDA = schedule(
    weekly={"mon-fri": "08:00-17:00"},
    calendar="closed.ics",
    exceptions=[{"recurs": "12-23", "hours": "08:00-12:00"}, {"date": "2026-07-08", "hours": "08:00-12:00"}],
    vacations=[{"date": "2026-08-10..2026-08-14"}],
)
OPEN_DAYS = schedule(weekly={"mon-fri": "08:00-17:00"}, calendar={"file": "open-days.ics", "as": "hours"})
BAR = schedule(weekly={"fri-sat": "22:00-02:30", "sun": "00:00-24:00", "thu": "23:59-00:00"}, holidays={})
NIGHT = schedule(weekly={"sun": "02:30-05:00"})


@pytest.mark.parametrize(
    ("asked", "at", "fold", "expected"),
    [
        # Half-open windows.
        (OFFICE, "2026-11-23 07:59", 0, "closed mon"),
        (OFFICE, "2026-11-23 08:00", 0, "open mon"),
        (OFFICE, "2026-11-23 11:59", 0, "open mon"),
        (OFFICE, "2026-11-23 12:00", 0, "closed mon"),
        (OFFICE, "2026-11-23 13:00", 0, "open mon"),
        (OFFICE, "2026-11-28 10:00", 0, "closed sat"),
        # Precedence.
        (OFFICE, "2026-01-06 10:00", 0, "closed holiday"),
        (OFFICE, "2026-05-15 10:00", 0, "closed holiday"),
        (OFFICE, "2027-05-14 10:00", 0, "open fri"),
        (OFFICE, "2026-12-24 10:00", 0, "closed recurs_1224_0102"),
        (OFFICE, "2027-01-02 10:00", 0, "closed recurs_1224_0102"),
        (OFFICE, "2027-01-04 10:00", 0, "open mon"),
        (OFFICE, "2026-12-31 10:00", 0, "open recurs_1231"),
        (OFFICE, "2028-12-31 10:00", 0, "closed date_20281231"),
        (OFFICE, "2026-07-17 10:00", 0, "closed date_20260706_20260802"),
        (OFFICE, "2026-07-20 08:30", 0, "open date_20260720"),
        (OFFICE, "2026-08-03 10:00", 0, "open mon"),
        (OFFICE, "2028-02-29 10:00", 0, "closed recurs_0229"),
        (OFFICE, "2027-03-01 10:00", 0, "open mon"),
        # Days of a month: the last comes after the fourth, the fifth in some months only.
        (MONTHLY, "2026-11-27 09:59", 0, "open recurs_last_fri"),
        (MONTHLY, "2026-11-27 10:00", 0, "closed recurs_last_fri"),
        (MONTHLY, "2026-11-20 10:00", 0, "open fri"),
        (MONTHLY, "2026-10-30 09:00", 0, "open recurs_last_fri"),
        (MONTHLY, "2026-10-23 10:00", 0, "open fri"),
        (MONTHLY, "2028-02-25 09:00", 0, "open recurs_last_fri"),
        (MONTHLY, "2027-03-09 10:00", 0, "closed recurs_2nd_tue_mar"),
        (MONTHLY, "2027-03-02 10:00", 0, "open tue"),
        (MONTHLY, "2027-04-13 10:00", 0, "open tue"),
        (MONTHLY, "2026-09-30 10:00", 0, "closed recurs_5th_wed"),
        (MONTHLY, "2026-11-25 10:00", 0, "open wed"),
        # Calendar files: after dated exceptions, before those that recur; midnight to midnight is a whole day.
        (AGENDA, "2026-07-07 10:00", 0, "closed calendar_0"),
        (AGENDA, "2026-07-08 10:00", 0, "open date_20260708"),
        (AGENDA, "2026-07-10 10:00", 0, "closed calendar_0"),
        (AGENDA, "2026-07-13 10:00", 0, "open mon"),
        (AGENDA, "2026-06-05 10:00", 0, "closed calendar_0"),
        (AGENDA, "2026-05-01 10:00", 0, "open fri"),  # cancelled
        (AGENDA, "2028-12-23 10:00", 0, "closed calendar_0"),
        (AGENDA, "2029-12-23 10:00", 0, "open recurs_1223"),  # its UNTIL is over
        (AGENDA, "2026-08-14 16:59", 0, "closed date_20260810_20260814"),
        (AGENDA, "2026-08-17 16:59", 0, "open mon"),
        (OPEN_DAYS, "2026-07-07 10:00", 0, "closed calendar_0"),
        (OPEN_DAYS, "2026-07-08 09:59", 0, "closed calendar_2"),  # 04:00 in New York
        (OPEN_DAYS, "2026-07-08 10:00", 0, "open calendar_2"),
        (OPEN_DAYS, "2026-07-08 12:00", 0, "closed calendar_2"),
        (OPEN_DAYS, "2026-07-09 22:00", 0, "open calendar_1"),
        (OPEN_DAYS, "2026-07-10 01:29", 0, "open calendar_1"),
        (OPEN_DAYS, "2026-07-10 01:30", 0, "closed calendar_0"),
        (OPEN_DAYS, "2027-01-15 10:00", 0, "open calendar_2"),  # 09:00 in London
        (OPEN_DAYS, "2027-02-15 09:00", 0, "open mon"),
        (OPEN_DAYS, "2027-03-15 10:00", 0, "open calendar_2"),
        # Windows over midnight belong to the day they start; 24:00 ends a day.
        (BAR, "2026-11-26 23:59", 0, "open thu"),
        (BAR, "2026-11-27 00:00", 0, "closed fri"),
        (BAR, "2026-11-27 22:00", 0, "open fri"),
        (BAR, "2026-11-28 02:29", 0, "open fri"),
        (BAR, "2026-11-28 02:30", 0, "closed sat"),
        (BAR, "2026-11-29 02:29", 0, "open sat"),
        (BAR, "2026-11-29 23:59", 0, "open sun"),
        (BAR, "2026-11-30 00:00", 0, "closed mon"),
        (BAR, "2026-12-26 01:00", 0, "closed holiday"),  # Friday is Christmas Day: it never opened
        (BAR, "2026-12-27 01:00", 0, "open sun"),  # nor did Saturday, but Sunday has
        (BAR, "2026-06-06 01:00", 0, "open fri"),  # the National Day began while Friday was still open
        # Clocks go forward at 02:00 on 29 March 2026: 02:30 never comes, 03:00 is the first minute of the window.
        (NIGHT, "2026-03-29 01:59", 0, "closed sun"),
        (NIGHT, "2026-03-29 03:00", 0, "open sun"),
        (NIGHT, "2026-03-29 05:00", 0, "closed sun"),
        (BAR, "2026-03-29 01:59", 0, "open sat"),
        # Clocks go back at 03:00 on 25 October 2026: 02:30 comes twice and is open twice.
        (NIGHT, "2026-10-25 02:29", 0, "closed sun"),
        (NIGHT, "2026-10-25 02:30", 0, "open sun"),
        (NIGHT, "2026-10-25 02:29", 1, "closed sun"),
        (NIGHT, "2026-10-25 02:30", 1, "open sun"),
        # After the last year that holidays are known for the week decides.
        (OFFICE, "2060-06-06 10:00", 0, "closed holiday"),
        (OFFICE, "2061-06-06 10:00", 0, "open mon"),
    ],
)
def test_verdict(asked: Schedule, at: str, fold: int, expected: str) -> None:
    wall = datetime.fromisoformat(at).replace(tzinfo=STOCKHOLM, fold=fold)
    verdict = trace.at("office", asked, wall, SCOPE)
    assert f"{'open' if verdict.open else 'closed'} {verdict.rule}" == expected


@pytest.mark.parametrize(
    ("at", "switch", "destination", "source"),
    [
        ("2026-11-23 10:00", "auto", "user:anna", ("schedules", "office", "weekly", "mon-fri")),
        ("2026-11-23 10:00", "closed", "voicemail:info", ("schedules", "office")),
        ("2026-07-17 10:00", "auto", "announcement:vacation", ("schedules", "office", "exceptions", 2)),
        ("2026-07-17 10:00", "open", "user:anna", ("schedules", "office")),
        ("2026-07-17 10:00", "closed", "voicemail:info", ("schedules", "office")),
        ("2026-01-06 10:00", "auto", "hangup:busy", ("schedules", "office", "holidays")),
        ("2026-12-28 10:00", "auto", "voicemail:info", ("schedules", "office", "exceptions", 0)),
        ("2026-11-28 10:00", "auto", "voicemail:info", ("schedules", "office", "weekly")),
    ],
)
def test_destination_and_its_reason(at: str, switch: str, destination: str, source: tuple[str | int, ...]) -> None:
    verdict = trace.at("office", OFFICE, datetime.fromisoformat(at).replace(tzinfo=STOCKHOLM), SCOPE, switch)
    assert (str(verdict.destination), verdict.source) == (destination, source)


@pytest.mark.parametrize(
    ("open", "after", "expected"),
    [
        (True, "2026-11-22 12:00", "2026-11-23 08:00"),
        (True, "2026-11-23 11:45", "2026-11-23 11:45"),
        (True, "2026-11-23 11:50", "2026-11-23 13:00"),  # it would close within the quarter
        (False, "2026-11-23 10:00", "2026-11-23 12:00"),
        (False, "2026-11-23 12:46", "2026-11-23 17:00"),
        (True, "2026-12-23 17:00", "2026-12-31 10:00"),
    ],
)
def test_find(open: bool, after: str, expected: str) -> None:
    start = datetime.fromisoformat(after).replace(tzinfo=STOCKHOLM)
    found = trace.find("office", OFFICE, SCOPE, open=open, after=start, hold=timedelta(minutes=14))
    assert found is not None
    assert found.astimezone(STOCKHOLM).strftime("%Y-%m-%d %H:%M") == expected


def test_find_gives_up_where_nothing_opens() -> None:
    never = schedule(weekly={"mon": "closed"})
    assert trace.find("a", never, SCOPE, open=True, after=datetime(2026, 1, 1, tzinfo=UTC), hold=timedelta()) is None


@pytest.mark.parametrize(
    ("text", "days"),
    [("mon", (0,)), ("mon-fri", (0, 1, 2, 3, 4)), ("fri-mon", (4, 5, 6, 0)), ("sat, sun", (5, 6)), ("sun-sun", (6,))],
)
def test_days_of(text: str, days: tuple[int, ...]) -> None:
    assert days_of(text) == days


def test_days_off_follow_names_in_both_languages() -> None:
    all_days = days_off("SE", "", frozenset())
    assert all_days - days_off("SE", "", frozenset({"JULAFTON"})) == all_days - days_off(
        "SE", "", frozenset({"Christmas Eve"})
    )
    assert len(all_days - days_off("SE", "", frozenset({"julafton"}))) == len(YEARS)


def test_a_day_with_two_names_stays_while_one_of_them_does() -> None:
    both = next(day for day, names in calendar("SE").items() if names == {"Nationaldagen", "Pingstdagen"})
    assert both in days_off("SE", "", frozenset({"nationaldagen"}))
    assert both in days_off("SE", "", frozenset({"nationaldagen", "National Day"}))
    assert both not in days_off("SE", "", frozenset({"nationaldagen", "Pentecost"}))


def test_every_country_and_its_calendar_can_be_expanded() -> None:
    for country in ("SE", "NO", "DK", "FI", "DE", "GB", "US", "FR", "ES", "PL"):
        assert country in countries()
        days = days_off(country, "", frozenset())
        assert {day.year for day in days} == set(YEARS)
