"""Calendars set activities: what events mean, whose word counts, how they are read, and what outlives a restart."""

from __future__ import annotations

import contextlib
import dataclasses
import itertools
import json
import sys
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioner.targets.asterisk import calendars as target

sys.path.insert(0, str(Path(__file__).parents[2] / "roles" / "people" / "files"))
sys.path.insert(0, str(Path(__file__).parents[2] / "roles" / "calendars" / "files"))

from pbx_calendars import ical, reading, service, sources
from pbx_calendars.decide import CALENDAR, Memory, boundaries, decide, wanted
from pbx_calendars.ical import Nonsense
from pbx_calendars.kept import Kept, Store
from pbx_calendars.known import Known, Tenants
from pbx_calendars.meaning import Event, Span, says, spans
from pbx_calendars.reading import Reader, Told
from pbx_calendars.sources import Away, Place
from pbx_people import lived
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


# -- the file that the tenant's bundle brings


FACTS = (
    target.Rhythm(300, "Europe/Stockholm"),
    target.Calendar("anna", "caldav", "https://d/anna/", "anna", "given/acme/x", "", (target.Meaning((), (), "busy"),)),
    target.Calendar("bo", "ical", "https://d/{secret}/b.ics", "", "given/acme/y", "bo@x", ()),
)  # fmt: skip


def test_the_file_holds_tokens_and_the_node_secrets(tmp_path: Path) -> None:
    file = target.write(FACTS)
    assert file
    values = {"given/acme/x": 'a"\\{{', "given/acme/y": "priv ate/1"}
    (tmp_path / "acme").mkdir()
    (tmp_path / "acme/calendars.json").write_text(target.with_secrets(file.text, values.__getitem__))
    tenants = Tenants(tmp_path)
    tenants.look()
    assert tenants.calendars["acme", "anna"].place == Place("https://d/anna/", "anna", 'a"\\{{', "")
    assert tenants.calendars["acme", "bo"].place == Place("https://d/priv%20ate/1/b.ics", "", "", "bo@x")
    (tmp_path / "acme/calendars.json").write_text("{")
    tenants.look()
    assert len(tenants.calendars) == 2, "a file that cannot be read leaves all as it was"
    (tmp_path / "acme/calendars.json").unlink()
    tenants.look()
    assert tenants.calendars == {}


# -- reading, in processes of their own


def known(kind: str = "ical", address: str = "https://a.example/") -> Known:
    rule = {"words": [], "shows": ["busy"], "activity": "meeting"}
    return Known(kind, Place(address), [rule], 300, "Europe/Stockholm", address)


def finished(reader: Reader, seconds: float = 20) -> list[Told]:
    ends = time.monotonic() + seconds
    while not (found := reader.done()):
        assert time.monotonic() < ends
        time.sleep(0.02)
    return found


def _says(*_: Any) -> list[Event]:
    return [Event(NOW, NOW + 60, "x")]


def _hangs(*_: Any) -> list[Event]:
    time.sleep(60)
    return []


def _swells(*_: Any) -> list[Event]:
    return [bytes(2_000_000_000)]  # type: ignore[list-item]


def _fails(*_: Any) -> list[Event]:
    raise RuntimeError("the title of something secret")


def _away(*_: Any) -> list[Event]:
    raise Away("404 Not Found")


@pytest.mark.parametrize(
    ("act", "told"),
    [
        (_says, Told(("acme", "anna"), "https://a.example/", (Span(NOW, NOW + 60, 0, "meeting"),))),
        (_hangs, Told(("acme", "anna"), "https://a.example/", why="not read within 0.5 s")),
        (_swells, Told(("acme", "anna"), "https://a.example/", why="too much memory")),
        (_fails, Told(("acme", "anna"), "https://a.example/", why="it cannot be understood (RuntimeError)")),
        (_away, Told(("acme", "anna"), "https://a.example/", why="404 Not Found")),
    ],
)
def test_what_comes_of_reading(act: Callable[..., list[Event]], told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    # This process is larger than the service.
    monkeypatch.setattr(reading, "MEMORY", 1_900_000_000)
    reader = Reader(act, seconds=0.5 if act is _hangs else 20)
    assert reader.start(("acme", "anna"), known(), NOW)
    assert finished(reader) == [told]
    assert reader.done() == []


def test_a_host_that_hangs_leaves_room_for_others() -> None:
    reader = Reader(_hangs, seconds=0.5)
    assert [reader.start(("acme", each), known(), NOW) for each in ("anna", "bo", "cecilia")] == [True, True, False]
    others = [known(address=f"https://{each}.example/") for each in "bcdefgh"]
    assert [reader.start(("b", each.digest), each, NOW) for each in others] == [True] * 6 + [False]
    ends = time.monotonic() + 20
    count = 0
    while count < 8:
        count += len(reader.done())
        assert time.monotonic() < ends
    assert reader.start(("acme", "cecilia"), known(), NOW)
    finished(reader)


# -- the round


class Node:
    """Asterisk's database, the clock, and a calendar that says what it is told to."""

    def __init__(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder, self.clock = tmp_path, float(NOW)
        self.doing_of: dict[tuple[str, str], Doing] = {}
        self.stale: dict[tuple[str, str], Doing] | None = None
        self.says: Told | None = None
        self.started = 0
        self.calendars = {("acme", "anna"): known()}
        monkeypatch.setattr(lived, "one", lambda slug, user: self._force(self.doing_of, (slug, user)))
        monkeypatch.setattr(lived, "keep", self._keep)
        self.again()

    def again(self) -> None:
        """The service starts anew."""
        self.service = service.Service(self, Store(self.folder), self, self)  # type: ignore[arg-type]

    def look(self) -> bool:
        return True

    # reader
    def start(self, *_: Any) -> bool:
        self.started += 1
        return True

    def done(self) -> list[Told]:
        found, self.says = ([self.says] if self.says else []), None
        return found

    # AstDB
    def now(self, _: str) -> float:
        return self.clock

    def _force(self, kept: dict[tuple[str, str], Doing], key: tuple[str, str]) -> Doing:
        found = kept.get(key, Doing())
        return Doing() if found.until and found.until <= self.clock else found

    def doing(self, *key: str) -> Doing:
        return self._force(self.doing_of if self.stale is None else self.stale, key)  # type: ignore[arg-type]

    def _keep(self, slug: str, user: str, doing: Doing) -> None:
        self.doing_of[slug, user] = doing

    def passes(self, seconds: float = 0) -> Doing:
        self.clock += seconds
        self.service.look()
        return self.doing("acme", "anna")

    def told(self, *found: Span, why: str = "") -> None:
        self.says = Told(("acme", "anna"), "https://a.example/", found, why)


@pytest.fixture
def node(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Node:
    made = Node(tmp_path, monkeypatch)
    assert made.passes() == Doing()
    return made


def test_an_event_begins_and_ends_though_the_server_is_away(node: Node, capsys: pytest.CaptureFixture[str]) -> None:
    node.told(Span(NOW + 10, NOW + 20, 0, "meeting"))
    assert node.passes() == Doing()
    for _ in range(3):
        node.told(why="refused")
        node.passes(1)
    assert capsys.readouterr().out.count("\n") == 1, "once, and not each time"
    (kept,) = json.loads((node.folder / "acme.json").read_text()).values()
    assert (kept["failing"], kept["since"], kept["read"]) == ("refused", NOW + 1, NOW)
    assert node.passes(7) == Doing("meeting", NOW + 20, by=CALENDAR)
    node.again()
    assert node.passes(9.5) == Doing("meeting", NOW + 20, by=CALENDAR), "a restart forgets nothing"
    assert node.passes(0.5) == Doing()
    node.told()
    node.passes(1)
    assert "can be read again" in capsys.readouterr().out
    assert json.loads((node.folder / "acme.json").read_text())["anna"]["failing"] == ""


def test_what_stands_in_the_file_of_asterisk_a_second_late_is_not_believed(node: Node) -> None:
    node.told(Span(NOW, NOW + 100, 0, "meeting"))
    node.stale = {}
    node.passes()
    for _ in range(10):
        node.passes(0.5)
    assert node.doing_of["acme", "anna"] == Doing("meeting", NOW + 100, by=CALENDAR)
    assert json.loads((node.folder / "acme.json").read_text())["anna"]["quiet"] == 0


def test_available_by_her_own_word_outlives_a_restart_and_not_the_event(node: Node) -> None:
    node.told(Span(NOW, NOW + 100, 0, "meeting"), Span(NOW + 200, NOW + 300, 0, "meeting"))
    assert node.passes().activity == "meeting"
    node.passes(5)
    del node.doing_of["acme", "anna"]
    assert node.passes(5) == Doing()
    node.again()
    assert node.passes(50) == Doing()
    assert node.passes(141).activity == "meeting"


def test_a_calendar_that_leaves_takes_along_what_it_set(node: Node) -> None:
    node.told(Span(NOW, NOW + 100, 0, "meeting"))
    assert node.passes().activity == "meeting"
    node.calendars.clear()
    assert node.passes(1) == Doing()
    assert list(node.folder.iterdir()) == []


def test_each_is_read_as_often_as_it_says(node: Node) -> None:
    times = []
    for _ in range(1000):
        before = node.started
        node.passes(1)
        if node.started > before:
            times.append(node.clock)
    gaps = [second - first for first, second in itertools.pairwise(times)]
    assert gaps
    assert all(270 <= gap <= 301 for gap in gaps)
    node.service.again()
    before = node.started
    node.passes()
    assert node.started == before + 1


def test_a_file_that_cannot_be_read_is_forgotten(tmp_path: Path) -> None:
    store = Store(tmp_path)
    kept = {("acme", "anna"): Kept(spans=(Span(1, 2, 0, "x"),), memory=Memory(Doing("lunch", 5, "å"), 7))}
    store.keep(["acme"], kept)
    assert store.all() == kept
    (tmp_path / "other.json").write_text('{"bo": {}}')
    assert store.all() == kept
    store.keep(["acme"], {})
    assert not (tmp_path / "acme.json").exists()


def test_nothing_of_this_machine_is_read() -> None:
    with pytest.raises(Away, match=r"127\.0\.0\.1"):
        sources.refused("127.0.0.1")
    with pytest.raises(Away):
        sources.refused("169.254.169.254")
    with pytest.raises(Away):
        sources.refused("::1")
    sources.refused("198.18.0.1")
