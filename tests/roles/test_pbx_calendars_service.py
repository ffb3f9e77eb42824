"""The service that reads calendars: what it is given, reading in processes of its own, what outlives a restart."""

from __future__ import annotations

import itertools
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from provisioner.targets.asterisk import calendars as target

sys.path.insert(0, str(Path(__file__).parents[2] / "roles" / "people" / "files"))
sys.path.insert(0, str(Path(__file__).parents[2] / "roles" / "calendars" / "files"))

from pbx_calendars import reading, service, sources
from pbx_calendars.decide import CALENDAR, Memory
from pbx_calendars.kept import Kept, Store
from pbx_calendars.known import Known, Tenants
from pbx_calendars.meaning import Event, Span
from pbx_calendars.reading import Reader, Told
from pbx_calendars.sources import Away, Place
from pbx_people import lived
from pbx_people.lived import Doing

pytestmark = pytest.mark.row("A5")

NOW = 1_803_898_800  # 2027-03-01 11:00 UTC, a Monday


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
