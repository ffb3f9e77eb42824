"""Whom callers of a number reach at each minute, and how days and hours are called."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provisioner.core.week import MIDNIGHT
from provisioner.features.schedules import trace
from provisioner.pipeline import dates, reach, versions

MAIN = "+46846500400"
USER = {"plan": "basic", "devices": {"desk": {"kind": "desk"}}}
TENANT: dict[str, Any] = {
    "version": "1",
    "name": "Acme",
    "domain": "acme.example",
    "time_zone": "Europe/Stockholm",
    "language": "en",
    "country": "SE",
    "users": {
        "anna": {**USER, "name": "Anna", "extension": "101"},
        "bo": {**USER, "name": "Bo", "extension": "102", "forwarding": {"always": "user:anna"}},
    },
    "numbers": {MAIN: {"destination": "schedule:office"}},
    "schedules": {
        "office": {"weekly": {"mon-fri": "08:00-17:00"}, "open": "user:anna", "closed": "hangup:busy"},
    },
}
MONDAY = date(2026, 3, 2)
DAY = timedelta(days=1)


class NoFiles:
    def sha256(self, _: str) -> None:
        return None

    def content(self, _: str, __: int) -> None:
        return None


def day(document: dict[str, Any], on: date = MONDAY, number: str = MAIN) -> list[tuple[str, str, str]]:
    (found,) = reach.Reach(versions.understood("acme", {**TENANT, **document}, NoFiles(), None), [on]).of(number)
    return [(dates.clock(start), dates.clock(end), str(outcome)) for start, end, outcome in found]


def office(**fields: Any) -> dict[str, Any]:
    return {"schedules": {"office": {**TENANT["schedules"]["office"], **fields}}}


def test_open_and_closed() -> None:
    assert day({}) == [
        ("00:00", "08:00", "hangup:busy"), ("08:00", "17:00", "user:anna"), ("17:00", "24:00", "hangup:busy"),
    ]  # fmt: skip
    assert day({}, MONDAY - DAY) == [("00:00", "24:00", "hangup:busy")]


def test_a_window_over_midnight_goes_on_into_the_next_day() -> None:
    night = office(weekly={"sun": "22:00-02:00"})
    assert day(night, MONDAY) == [("00:00", "02:00", "user:anna"), ("02:00", "24:00", "hangup:busy")]
    assert day(night, MONDAY - DAY)[-1] == ("22:00", "24:00", "user:anna")


def test_a_window_over_midnight_on_a_clock_behind_ends_the_day_after() -> None:
    """From 18:30 of a Tuesday to 18:15 of the Wednesday in New York, which is 00:15 of the Thursday here."""
    night = office(weekly={"tue": "18:30-18:15"}, time_zone="America/New_York")
    assert day(night, date(2026, 1, 1)) == [("00:00", "00:15", "user:anna"), ("00:15", "24:00", "hangup:busy")]


def test_a_schedule_of_another_clock_in_the_tenants_hours() -> None:
    assert day(office(time_zone="Europe/London"))[1] == ("09:00", "18:00", "user:anna")
    # London changes to summer time with Stockholm, New York three weeks before.
    assert day(office(time_zone="America/New_York"))[0] == ("00:00", "14:00", "hangup:busy")
    assert day(office(time_zone="America/New_York"), date(2026, 3, 9))[0] == ("00:00", "13:00", "hangup:busy")


@given(
    weekly=st.dictionaries(
        st.sampled_from(["mon", "tue", "wed-fri", "sat, sun"]),
        st.tuples(st.integers(0, 95), st.integers(0, 95)).filter(lambda ends: ends[0] != ends[1]),
    ),
    zone=st.sampled_from([None, "Europe/Stockholm", "America/New_York", "Asia/Kolkata"]),
    minutes=st.lists(st.integers(0, 366 * 1440), min_size=1, max_size=20),
)
@settings(max_examples=60, deadline=None)
def test_what_a_day_says_is_what_a_call_of_that_minute_meets(
    weekly: dict[str, tuple[int, int]], zone: str | None, minutes: list[int]
) -> None:
    hours = {days: "-".join(dates.clock(15 * quarter) for quarter in ends) for days, ends in weekly.items()}
    known = versions.understood("acme", {**TENANT, **office(weekly=hours, time_zone=zone)}, NoFiles(), None)
    assert known.tenant is not None
    assert known.scope is not None
    here = ZoneInfo("Europe/Stockholm")
    for minute in minutes:
        local = (datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minute)).astimezone(here)
        (day_,) = reach.Reach(known, [local.date()]).of(MAIN)
        at = local.hour * 60 + local.minute
        said = next(outcome.target for start, end, outcome in day_ if start <= at < end)
        assert said == str(trace.at("office", known.tenant.schedules["office"], local, known.scope).destination)


def test_a_schedule_behind_a_schedule() -> None:
    both = office(closed="schedule:night")
    both["schedules"]["night"] = {"weekly": {"mon-sun": "17:00-20:00"}, "open": "user:bo", "closed": "hangup:normal"}
    assert day(both)[2:] == [("17:00", "20:00", "user:bo (rings anna)"), ("20:00", "24:00", "hangup:normal")]


def test_schedules_that_lead_to_each_other_end() -> None:
    assert day(office(closed="schedule:office"))[0] == ("00:00", "08:00", "schedule:office (behind it anna)")


@pytest.mark.parametrize(
    ("on", "said"),
    [
        (MONDAY - DAY, "another operator's, not in use here yet"),
        (MONDAY, "user:anna"),
        (MONDAY + DAY, "user:anna"),
        (MONDAY + 2 * DAY, "user:bo (rings anna)"),
        (MONDAY + 3 * DAY, "callers hear that it is not in use"),
    ],
)
def test_first_and_last_days_of_a_number(on: date, said: str) -> None:
    closed = {"destination": "user:bo", "until": str(MONDAY + 2 * DAY)}
    number = {"active_from": str(MONDAY), "active_until": str(MONDAY + DAY), "destination": "user:anna"}
    assert day({"numbers": {MAIN: {**number, "closed": closed}}}, on) == [("00:00", "24:00", said)]


def test_a_number_that_nobody_has() -> None:
    assert day({}, number="+46846500499") == [("00:00", "24:00", "nobody: it is not a number of the tenant's")]


def test_parts_of_days_that_differ() -> None:
    days = [MONDAY + ahead * DAY for ahead in range(7)]
    later = office(weekly={"mon-fri": "09:00-17:00", "sat": "10:00-12:00"})
    old, new = (
        reach.Reach(versions.understood("acme", {**TENANT, **each}, NoFiles(), None), days).of(MAIN)
        for each in ({}, later)
    )
    found = [
        (each.start, each.end, str(each.old), str(each.new), len(each.dates))
        for each in reach.differing(old, new, days)
    ]
    assert found == [(480, 540, "user:anna", "hangup:busy", 5), (600, 720, "hangup:busy", "user:anna", 1)]


YEAR = reach.days_of(2026)
WORKING = [each for each in YEAR if each.weekday() < 5]


@pytest.mark.parametrize(
    ("on", "windows", "said"),
    [
        (YEAR, [(0, MIDNIGHT)], "every day"),
        (WORKING, [(780, 1020), (480, 720)], "Mon–Fri 08:00–12:00, 13:00–17:00"),
        (WORKING[:100] + WORKING[110:], [(480, 720)], "Mon–Fri 08:00–12:00 (251 of 261 days)"),
        ([each for each in YEAR if each.weekday() in (0, 2, 6)], [(0, 60)], "Mon, Wed, Sun 00:00–01:00"),
        ([each for each in WORKING if each.month == 7], [(0, MIDNIGHT)], "Mon–Fri 2026-07-01…2026-07-31"),
        ([each for each in YEAR if each.month == 7], [(0, MIDNIGHT)], "daily 2026-07-01…2026-07-31"),
        ([date(2026, 12, 24)], [(480, 720)], "2026-12-24 08:00–12:00"),
        ([date(2026, 12, 24), date(2026, 12, 25), date(2026, 12, 31)], [(0, 60)],
         "2026-12-24…2026-12-25, 2026-12-31 00:00–01:00"),
        ([date(2026, month, 1) for month in range(1, 13)], [(0, 60)],
         "2026-01-01, 2026-02-01, 2026-03-01, 2026-04-01 and 8 more days 00:00–01:00"),
    ],
)  # fmt: skip
def test_how_days_are_called(on: list[date], windows: list[tuple[int, int]], said: str) -> None:
    assert dates.said(on, windows, YEAR) == said
