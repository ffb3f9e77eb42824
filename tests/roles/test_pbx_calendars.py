"""Calendars set activities: what events mean, whose word counts, and what a calendar's text says."""

from __future__ import annotations

import contextlib
import dataclasses
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parents[2] / "roles" / "people" / "files"))
sys.path.insert(0, str(Path(__file__).parents[2] / "roles" / "calendars" / "files"))

from pbx_calendars import ical
from pbx_calendars.decide import CALENDAR, Memory, boundaries, decide, wanted
from pbx_calendars.ical import Nonsense
from pbx_calendars.meaning import Event, Span, says, spans
from pbx_people.lived import Doing

pytestmark = pytest.mark.row("A5")

STOCKHOLM = ZoneInfo("Europe/Stockholm")
NOW = 1_803_898_800  # 2027-03-01 11:00 UTC, a Monday
DAY = 86400
ALL = ["busy", "tentative", "away", "elsewhere"]


def at(text: str) -> int:
    """The second of a wall clock in Stockholm."""
    return int(datetime.fromisoformat(text).replace(tzinfo=STOCKHOLM).timestamp())


# -- what events mean


@pytest.mark.parametrize(
    ("title", "word", "fits"),
    [
        ("Lunch med Bo", "lunch", True),
        ("Lunchmöte", "lunch", False),
        ("Lunchmöte", "lunch*", True),
        ("Projektmöte 3", "*möte", True),
        ("Projektmo\u0308te", "*m\u00f6te", True),
        ("ett till  ett", "ett till ett", True),
        ("a.b", "a.b", True),
        ("axb", "a.b", False),
        ("", "lunch", False),
        ("[lunch]", "lunch", True),
    ],
)
def test_words_in_a_title(title: str, word: str, fits: bool) -> None:
    rule = {"words": [word], "shows": ["busy"], "activity": "lunch"}
    assert bool(spans([Event(1, 2, title)], [rule])) is fits


@given(st.text(max_size=40), st.text(min_size=1, max_size=10))
def test_no_word_breaks_the_search(title: str, word: str) -> None:
    says(title, word)


def test_the_first_rule_that_fits_counts_and_titles_are_left_behind() -> None:
    rules = [
        {"words": ["lunch"], "shows": ALL, "activity": "lunch"},
        {"words": [], "shows": ["away"], "activity": "out-of-office"},
        {"words": [], "shows": ["busy"], "activity": "meeting"},
    ]
    events = [
        Event(10, 20, "Lunch"),
        Event(10, 20, "Lunch", "free"),
        Event(20, 30, "Kund", "away"),
        Event(30, 40, "Möte"),
        Event(40, 50, "Kanske", "tentative"),
        Event(60, 60, "Påminnelse"),
    ]
    assert spans(events, rules) == [
        Span(10, 20, 0, "lunch"),
        Span(20, 30, 1, "out-of-office"),
        Span(30, 40, 2, "meeting"),
    ]


# -- what is to be set


@pytest.mark.parametrize(
    ("now", "says"),
    [
        (9, Doing()),
        (10, Doing("meeting", 40, by=CALENDAR)),  # two meetings without a gap are one
        (19, Doing("meeting", 40, by=CALENDAR)),
        (20, Doing("lunch", 25, by=CALENDAR)),  # its rule comes first
        (25, Doing("meeting", 40, by=CALENDAR)),
        (40, Doing()),
        (50, Doing()),  # a rule says: available
    ],
)
def test_what_the_calendar_says(now: int, says: Doing) -> None:
    known = [
        Span(10, 30, 1, "meeting"),
        Span(20, 25, 0, "lunch"),
        Span(30, 40, 1, "meeting"),
        Span(45, 60, 1, "meeting"),
        Span(45, 60, 0, "available"),
    ]
    assert wanted(known, now) == says


MEETING, LUNCH = Doing("meeting", 100, by=CALENDAR), Doing("lunch", 60, by="phone")


@pytest.mark.parametrize(
    ("before", "doing", "says", "now", "sets", "after"),
    [
        pytest.param(Memory(), Doing(), MEETING, 10, MEETING, Memory(MEETING), id="it begins"),
        pytest.param(Memory(MEETING), MEETING, MEETING, 11, None, Memory(MEETING), id="it goes on"),
        pytest.param(Memory(MEETING), MEETING, Doing(), 12, Doing(), Memory(), id="it was cancelled"),
        pytest.param(Memory(MEETING), Doing(), Doing(), 100, None, Memory(), id="it is over"),
        pytest.param(Memory(MEETING), LUNCH, MEETING, 20, None, Memory(LUNCH), id="she says something else"),
        pytest.param(Memory(LUNCH), Doing(), MEETING, 60, MEETING, Memory(MEETING), id="hers is over: the calendar"),
        pytest.param(Memory(MEETING), Doing(), MEETING, 20, None, Memory(quiet=100), id="she says available"),
        pytest.param(Memory(LUNCH), Doing(), MEETING, 59, None, Memory(quiet=100), id="hers is taken back early"),
        pytest.param(Memory(quiet=100), Doing(), MEETING, 99, None, Memory(quiet=100), id="she still is"),
        pytest.param(
            Memory(quiet=100),
            Doing(),
            Doing("meeting", 200, by=CALENDAR),
            100,
            Doing("meeting", 200, by=CALENDAR),
            Memory(Doing("meeting", 200, by=CALENDAR)),
            id="the next event is news",
        ),
        pytest.param(
            Memory(Doing("vacation", 0)), Doing(), MEETING, 10, None, Memory(quiet=100), id="back from one without end"
        ),
        pytest.param(
            Memory(), Doing(note="hemma"), Doing(), 5, None, Memory(Doing(note="hemma")), id="a note of her own stays"
        ),
    ],
)
def test_whose_word_counts(
    before: Memory, doing: Doing, says: Doing, now: int, sets: Doing | None, after: Memory
) -> None:
    assert decide(before, doing, says, now) == (sets, after)


@given(
    st.lists(st.tuples(st.integers(0, 50), st.integers(1, 20), st.integers(0, 2), st.sampled_from(["a", "b"]))),
    st.integers(-1, 80),
)
def test_between_two_boundaries_nothing_changes(parts: list[tuple[int, int, int, str]], now: int) -> None:
    """So that nobody needs to look in between."""
    known = sorted(Span(start, start + length, rank, name) for start, length, rank, name in parts)
    ends = min(boundaries(known, Doing(), now), default=now + 5)
    assert {wanted(known, each / 2) for each in range(2 * now, 2 * ends)} == {wanted(known, now)}
    assert wanted(known, now).until in {0, *boundaries(known, Doing(), now)}


# -- what a calendar's text says


def calendar(*events: str) -> bytes:
    parts = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//x//EN"]
    for number, each in enumerate(events):
        parts += ["BEGIN:VEVENT", f"UID:{number}", "DTSTAMP:20270101T000000Z", *each.split("\n"), "END:VEVENT"]
    return "\r\n".join([*parts, "END:VCALENDAR", ""]).encode()


def read(*events: str, since: str = "2027-03-01 00:00", until: str = "2027-03-15 00:00") -> list[tuple[Any, ...]]:
    found = ical.read(calendar(*events), STOCKHOLM, "anna@acme.example", at(since), at(until))
    return [dataclasses.astuple(each) for each in sorted(found, key=lambda each: each.start)]


ATTENDEE = "SUMMARY:x\nDTSTART:20270301T110000Z\nDTEND:20270301T120000Z\nATTENDEE;PARTSTAT=%s:mailto:%s"
HOUR = (NOW, NOW + 3600)


@pytest.mark.parametrize(
    ("event", "found"),
    [
        ("SUMMARY:x\nDTSTART:20270301T110000Z\nDTEND:20270301T120000Z", [(*HOUR, "x", "busy")]),
        ("DTSTART;TZID=Europe/Stockholm:20270301T120000\nDURATION:PT1H", [(*HOUR, "", "busy")]),
        ("SUMMARY:x\nDTSTART:20270301T120000\nDTEND:20270301T130000", [(*HOUR, "x", "busy")]),  # no zone: the tenant's
        (
            "SUMMARY:x\nDTSTART;VALUE=DATE:20270301",
            [(at("2027-03-01 00:00"), at("2027-03-02 00:00"), "x", "busy")],
        ),
        (
            "SUMMARY:x\nDTSTART;VALUE=DATE:20270301\nDTEND;VALUE=DATE:20270303\nTRANSP:TRANSPARENT",
            [(at("2027-03-01 00:00"), at("2027-03-03 00:00"), "x", "free")],
        ),
        (ATTENDEE % ("DECLINED", "Anna@acme.example"), []),
        (ATTENDEE % ("DECLINED", "bo@acme.example"), [(*HOUR, "x", "busy")]),
        (ATTENDEE % ("ACCEPTED", "anna@acme.example"), [(*HOUR, "x", "busy")]),
        (f"{ATTENDEE % ('ACCEPTED', 'anna@acme.example')}\nSTATUS:CANCELLED", []),
        (f"{ATTENDEE % ('ACCEPTED', 'anna@acme.example')}\nSTATUS:TENTATIVE", [(*HOUR, "x", "tentative")]),
        (
            f"{ATTENDEE % ('ACCEPTED', 'bo@acme.example')}\nX-MICROSOFT-CDO-BUSYSTATUS:OOF",
            [(*HOUR, "x", "away")],
        ),
        # It began long before, and runs on.
        (
            "SUMMARY:x\nDTSTART:20261201T110000Z\nDTEND:20270301T120000Z",
            [(at("2026-12-01 12:00"), NOW + 3600, "x", "busy")],
        ),
    ],
)
def test_an_event(event: str, found: list[tuple[Any, ...]]) -> None:
    assert read(event) == found


def test_a_series_with_a_day_left_out_one_moved_and_one_cancelled() -> None:
    series = "SUMMARY:x\nDTSTART;TZID=Europe/Stockholm:20270301T090000\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=5"
    text = (
        calendar(
            f"{series}\nEXDATE;TZID=Europe/Stockholm:20270302T090000",
            "SUMMARY:x\nRECURRENCE-ID;TZID=Europe/Stockholm:20270303T090000\n"
            "DTSTART;TZID=Europe/Stockholm:20270303T140000\nDURATION:PT1H",
            "SUMMARY:x\nRECURRENCE-ID;TZID=Europe/Stockholm:20270304T090000\n"
            "DTSTART;TZID=Europe/Stockholm:20270304T090000\nDURATION:PT1H\nSTATUS:CANCELLED",
        )
        .replace(b"UID:1", b"UID:0")
        .replace(b"UID:2", b"UID:0")
    )
    found = ical.read(text, STOCKHOLM, "", at("2027-03-01 00:00"), at("2027-03-15 00:00"))
    starts = [at("2027-03-01 09:00"), at("2027-03-03 14:00"), at("2027-03-05 09:00")]
    assert sorted(each.start for each in found) == starts


@given(st.integers(0, 23), st.integers(1, 3), st.sampled_from(["DAILY", "WEEKLY"]))
def test_a_series_keeps_the_wall_clock_over_the_change_of_clocks(hour: int, interval: int, often: str) -> None:
    """Sweden goes over to summer time on the 28th of March 2027."""
    rule = (
        f"DTSTART;TZID=Europe/Stockholm:20270320T{hour:02d}3000\nDURATION:PT15M\nRRULE:FREQ={often};INTERVAL={interval}"
    )
    found = read(rule, since="2027-03-20 00:00", until="2027-04-20 00:00")
    clocks = [datetime.fromtimestamp(each[0], STOCKHOLM) for each in found]
    days = interval * (7 if often == "WEEKLY" else 1)
    expected = [datetime(2027, 3, 20) + timedelta(days=n) for n in range(0, 31, days)]  # noqa: DTZ001
    # Half past two does not exist that night.
    assert {(each.hour, each.minute) for each in clocks if each.day != 28} == {(hour, 30)}
    assert [each.date() for each in clocks] == [each.date() for each in expected]


def test_one_series_that_makes_no_sense_costs_no_other_event() -> None:
    good = "SUMMARY:x\nDTSTART:20270301T110000Z\nDTEND:20270301T120000Z"
    bad = "SUMMARY:y\nDTSTART;VALUE=DATE:20270301\nRRULE:FREQ=DAILY;UNTIL=nonsense"
    assert read(bad, good) == [(*HOUR, "x", "busy")]


@pytest.mark.parametrize("text", [b"", b"<html>", b"BEGIN:VCALENDAR", b"\xff\xfe", b"BEGIN:VEVENT\r\nEND:VEVENT\r\n"])
def test_nonsense(text: bytes) -> None:
    with pytest.raises(Nonsense):
        ical.read(text, STOCKHOLM, "", NOW, NOW + DAY)


@given(st.binary(max_size=300))
def test_whatever_a_server_says_is_a_calendar_or_nonsense(text: bytes) -> None:
    for each in (text, calendar(text.decode("latin-1").replace("\r", " "))):
        with contextlib.suppress(Nonsense):
            assert ical.read(each, STOCKHOLM, "", NOW, NOW + DAY) == []
