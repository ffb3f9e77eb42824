"""`pbx import fusionpbx|wazo|ivozprovider|asterisk`: valid tenant files, and what these cannot say is told."""

from __future__ import annotations

import contextlib
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provisioner.cli import main
from provisioner.core.errors import UsageError
from provisioner.pipeline import yaml_reader
from provisioner.pipeline.importing import exports
from provisioner.pipeline.importing.company import Company, Person
from provisioner.pipeline.importing.wazo import Lists
from provisioner.pipeline.importing.written import Header, written
from provisioner.pipeline.load import load
from provisioner.pipeline.validate import validate
from provisioner.tenant import Tenant

FEATURES = Path(__file__).parents[1] / "features"
OFFICE = Path(__file__).parents[1] / "pipeline/importing/office"
ADDRESS = ("--street", "Storgatan 1", "--postal-code", "111 22", "--city", "Ort", "--plan", "business")
EXPORTS = Path(__file__).parents[1] / "pipeline/importing/exports"
EXTENSIONS, DESTINATIONS, WAZO = (
    (EXPORTS / f"{name}.csv").read_text(encoding="utf-8") for name in ("extensions", "destinations", "wazo")
)
WAZO_LISTS = (EXPORTS / "wazo-lists.json").read_text(encoding="utf-8")
IVOZ = json.loads((EXPORTS / "ivozprovider.json").read_text(encoding="utf-8"))
IVOZ_USERS, IVOZ_EXTENSIONS, IVOZ_DDIS = IVOZ[:2], IVOZ[2:4], IVOZ[4:]


class Run:
    def __init__(self, root: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.root, self.capsys = root, capsys
        (root / "tenants").mkdir()
        shutil.copy(FEATURES / "provider.yaml", root)

    def file(self, name: str, content: str) -> str:
        (self.root / name).write_text(content, encoding="utf-8")
        return str(self.root / name)

    def made(self, kind: str, *words: str, code: int = 0) -> str:
        """Standard error of the import, which writes the file where it is valid."""
        ended = main.run(["import", kind, "acme", *words, *ADDRESS, "--folder", str(self.root), "--write"])
        err = self.capsys.readouterr().err
        assert ended == code, err
        return err

    @property
    def tenant(self) -> Tenant:
        found = validate(load(self.root))
        assert found.valid, found.findings
        return found.tenants["acme"]

    @property
    def numbers(self) -> dict[str, str]:
        return {number: str(each.destination) for number, each in self.tenant.numbers.items()}


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    return Run(tmp_path, capsys)


def test_fusionpbx(run: Run) -> None:
    destinations = DESTINATIONS.replace("9000 XML", "104 XML")
    told = run.made("fusionpbx", run.file("e.csv", EXTENSIONS), "--destinations", run.file("d.csv", destinations))
    anna, bo, cecilia = run.tenant.users.values()
    assert (anna.name, anna.extension, anna.ring_time) == ("Anna Berg", "101", 25)
    assert {key: str(each) for key, each in anna.forwarding if each} == {
        "busy": "user:bo-ek", "no_answer": "number:+46701740611"
    }  # fmt: skip
    assert not any(each for _, each in (*bo.forwarding, *cecilia.forwarding))
    assert run.numbers == {
        "+46850100100": "user:anna-berg",
        "+46850100101": "user:bo-ek",
        "+46850100102": "user:cecilia",
    }
    for each in (
        "e.csv:2, 3, 4, 5: password is a secret",
        "e.csv:2, 5: toll_allow is not carried over",
        "e.csv:3: calls are forwarded to 999, which is no user",
        "e.csv:4: 103 is switched off there",
        "e.csv:5: forwarding to 'mobile'",
        "d.csv:5: 0850100103 is switched off there",
        "d.csv:6: the outbound destination 5",
    ):
        assert each in told
    assert "hunter" not in told + (run.root / "tenants/acme.yaml").read_text(encoding="utf-8")


def test_where_a_database_wrote_nothing_for_no(run: Run) -> None:
    listed = run.file("e.csv", "extension,effective_caller_id_name,enabled\n101,Anna,1\n102,Bo,\n")
    told = run.made("fusionpbx", listed, code=3)  # no number
    assert "e.csv:3: 102 is switched off there" in told
    assert "1 users" in told


def test_what_a_destination_leads_to_that_is_no_extension(run: Run) -> None:
    told = run.made(
        "fusionpbx", run.file("e.csv", EXTENSIONS), "--destinations", run.file("d.csv", DESTINATIONS), code=3
    )
    assert "d.csv:4: '9000' is no user of the list" in told


def test_wazo(run: Run) -> None:
    told = run.made("wazo", run.file("users.csv", WAZO))
    anna, bo = run.tenant.users.values()
    assert (anna.extension, anna.language, anna.ring_time, anna.mobile) == ("0101", "sv", 15, "+46701740611")
    assert (anna.voicemail is not None, bo.voicemail, bo.name) == (True, None, "Bo")
    assert run.numbers == {"+46850100100": "user:anna-oberg", "+46850100101": "user:anna-oberg"}
    for each in (
        "users.csv:2, 3, 4: sip_secret is a secret",
        "users.csv:2: call_permissions is not",
        "103 is switched off",
    ):
        assert each in told


def test_wazo_lists(run: Run) -> None:
    told = run.made("wazo", run.file("users.csv", WAZO), "--list", run.file("lists.json", WAZO_LISTS))
    tenant = run.tenant
    assert {number: to for number, to in run.numbers.items() if number > "+46850100101"} == {
        "+46850100110": "schedule:office-hours",
        "+46850100111": "ivr:welcome",
        "+46850100112": "user:bo",
        "+46850100113": "hangup:normal",
    }
    hours = tenant.schedules["office-hours"]
    assert (str(hours.open), str(hours.closed), hours.time_zone) == (
        "ring_group:sales", "ivr:welcome", "Europe/Helsinki"
    )  # fmt: skip
    # Wazo counts the last minute of a period in.
    assert {day: [str(each) for each in windows] for day, windows in hours.weekly.items()} == {
        "mon-thu": ["08:00-12:00", "13:00-17:00"],
        "fri": ["08:00-12:00"],
    }
    assert [(str(each.recurs), each.closed) for each in hours.exceptions] == [("12-24", True), ("12-25", True)]
    group, queue, menu = tenant.ring_groups["sales"], tenant.queues["support"], tenant.ivr["welcome"]
    assert [str(each) for each in group.members] == ["user:anna-oberg", "user:bo", "number:+46701740612"]
    assert (group.extension, group.ring_time, group.skip_busy, str(group.no_answer)) == (
        "600", 25, True, "queue:support"
    )  # fmt: skip
    assert (queue.strategy, queue.ring_time, queue.max_waiting, queue.timeout) == ("least_recent", 12, 8, 300)
    assert (menu.timeout, menu.attempts, str(menu.exhausted)) == (7, 2, "user:anna-oberg")
    assert {key: str(each.destination) for key, each in menu.keys.items()} == {
        "1": "ring_group:sales",
        "2": "hangup:normal",
    }
    for each in (
        "lists.json:11: neither an incoming call",
        "lists.json:6: of Sales user Gone is no user",
        "lists.json:6: extensions 601 of Sales",
        "lists.json:7: night has no member who is known",
        "lists.json:8: of Support agent Eva is no user",
        "lists.json:8: where Support leads callers whom it does not serve",
        "lists.json:9: group 6 has no place here",
        "lists.json:9: key '33' of Welcome",
        "lists.json:9: greeting_sound hello",
        "lists.json:10: the times 12:00-13:00, fri, 1, jan have no form",
        "lists.json:5: switchboard has no place here",
    ):
        assert each in told


@pytest.mark.parametrize(
    ("there", "here", "told"),
    [
        ("memorized_round_robin", "round_robin", False),
        ("random", "random", False),
        ("fewest_calls", "linear", True),
    ],
)
def test_how_a_group_of_wazo_rings(run: Run, there: str, here: str, told: bool) -> None:
    lists = json.loads(WAZO_LISTS)
    lists["items"][4]["ring_strategy"] = there
    said = run.made("wazo", run.file("users.csv", WAZO), "--list", run.file("lists.json", json.dumps(lists)))
    group = run.tenant.ring_groups["sales"]
    assert (group.strategy, group.ring_time) == (here, 15)
    assert (f"Sales rings {there}; here in the order of its list" in said) == told


def test_a_schedule_stands_before_each_thing_by_itself(run: Run) -> None:
    lists = json.loads(WAZO_LISTS)
    lists["items"][1]["schedules"] = [{"id": 7}, {"id": 70}]
    told = run.made("wazo", run.file("users.csv", WAZO), "--list", run.file("lists.json", json.dumps(lists)))
    assert run.numbers["+46850100110"] == "schedule:office-hours"
    assert run.numbers["+46850100111"] == "schedule:office-hours-2"
    assert str(run.tenant.schedules["office-hours-2"].open) == "ivr:welcome"
    assert "schedule 70 is in no list, so it is open at all hours" in told


def test_ivozprovider(run: Run) -> None:
    lists = {"users.json": IVOZ_USERS, "extensions.json": IVOZ_EXTENSIONS, "ddis.json": IVOZ_DDIS[:2]}
    told = run.made("ivozprovider", *(run.file(name, json.dumps(each, indent=1)) for name, each in lists.items()))
    alice, bob = run.tenant.users.values()
    assert (alice.extension, alice.email, alice.devices["desk"].mac) == ("101", "alice@acme.example", "0011223344bb")
    assert (bob.name, bob.extension) == ("Bob Bobson", "102")
    assert run.numbers == {"+46850100100": "user:alice-allison", "+46850100101": "user:bob-bobson"}
    assert "extensions.json:8: extension 987 leads to queue" in told


def test_a_ddi_that_leads_to_a_menu_is_told(run: Run) -> None:
    lists = {"users.json": IVOZ_USERS, "extensions.json": IVOZ_EXTENSIONS, "ddis.json": IVOZ_DDIS}
    told = run.made("ivozprovider", *(run.file(name, json.dumps(each)) for name, each in lists.items()), code=3)
    assert "ddis.json:1: +46850100102 leads to ivr" in told


def test_asterisk(run: Run) -> None:
    shutil.copytree(OFFICE, run.root / "office")
    told = run.made("asterisk", str(run.root / "office"), code=3)  # the conference is not bought
    assert "L203" in told
    assert "left out: extensions.conf:19: agi(lookup.agi) is not carried over" in told


@pytest.mark.parametrize(
    ("kind", "words", "told"),
    [
        ("ivozprovider", ("x.json",), "x.json is no JSON list"),
        ("ivozprovider", ("cut.json",), "cut.json:2: no JSON"),
        ("wazo", ("x.json",), "has no column for the first"),
        ("fusionpbx", ("lost.csv",), "lost.csv: No such file"),
        ("asterisk", ("tenants",), "has no extensions.conf"),
    ],
)
def test_what_is_no_export(run: Run, kind: str, words: tuple[str, ...], told: str) -> None:
    run.file("x.json", "{}")
    run.file("cut.json", '[{"ddi": "1"},\n{"ddi": ')
    assert told in run.made(kind, *(str(run.root / each) for each in words), code=64)


def places(value: object, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Every node below a document."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in inner:
        yield (*path, key)
        yield from places(each, (*path, key))


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(("id", "type", "exten")), inner),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(sorted(places(json.loads(WAZO_LISTS)), key=str)), JUNK), max_size=4))
def test_any_lists_of_wazo_make_a_file_that_can_be_read(changes: list[tuple[tuple[str | int, ...], object]]) -> None:
    lists = json.loads(WAZO_LISTS)
    for path, junk in changes:
        held = lists
        with contextlib.suppress(KeyError, IndexError, TypeError):  # another change took it away
            for step in path[:-1]:
                held = held[step]
            held[path[-1]] = junk
    anna = Person("anna", "Anna", "101", "users.csv:2")
    made = Company(people=[anna])
    with contextlib.suppress(UsageError):
        Lists(made, {"1": anna}, "SE").read({"x.json": json.dumps(lists).encode()})
    assert not yaml_reader.read(written(made, Header("A", "a.example", "UTC", "sv", "SE"), "x"), "acme.yaml").findings


@settings(max_examples=200, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(("ddi", "number", "lastname", "user", "id", "extension", "country")), inner
            )
        ),
    )
)
def test_any_json_is_a_list_or_none(found: object) -> None:
    with contextlib.suppress(UsageError):
        exports.ivozprovider({"x.json": json.dumps(found).encode()})
