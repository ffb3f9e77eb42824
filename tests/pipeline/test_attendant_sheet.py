"""What an external attendant sees of a tenant: by number, today's notes, the office, its people."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from provisioner.cli.main import run
from provisioner.core.errors import UsageError
from provisioner.core.ports.activities import Doing
from provisioner.pipeline import attendant_sheet
from provisioner.pipeline.attendant_sheet import Called, Sheet
from tests.features.test_cases import SLUG, specification_of

pytestmark = pytest.mark.row("T2")

CASE = Path(__file__).parents[1] / "features/external_attendants/cases/modes/tenant.yaml"
NOW = datetime(2027, 1, 11, 11, 30, tzinfo=UTC)
"""Half past twelve in Stockholm, a Monday."""


def sheets(folder: Path, doing: dict[str, Doing] | None = None, now: datetime = NOW) -> dict[str, Sheet]:
    found = specification_of(CASE.read_text(), folder)
    made = attendant_sheet.of_tenant(found.tenants[SLUG], found.scopes[SLUG], doing, now)
    return {each.attendant: each for each in made}


def called(sheet: Sheet) -> dict[str, Called]:
    return {each.number[-3:]: each for each in sheet.called}


def test_each_number_stands_with_its_instructions_and_the_ways_by_which_calls_come(tmp_path: Path) -> None:
    found = sheets(tmp_path)
    front, support = called(found["front"]), called(found["support"])
    assert {number: each.modes for number, each in front.items()} == {
        "100": ("absence", "overflow"),
        "101": ("sent_on",),
        "102": ("overflow",),
        "103": ("sent_on",),
    }
    assert {number: each.modes for number, each in support.items()} == {
        "101": ("only",),
        "102": ("out_of_hours",),
        "103": ("absence",),
    }
    assert (front["100"].answer, front["102"].answer) == ("Acme, good morning.", "Acme, the office.")
    assert front["102"].connect == "Sales to Bo; never connect Anna before ten."
    assert front["102"].questions == (("Where can I park?", "Behind the house, two hours."),)
    assert found["front"].office == {
        "address": "Storgatan 1, Stockholm",
        "hours": "8 to 17 on weekdays",
        "mail": "office@acme.example",
    }
    assert (found["front"].connects, found["support"].connects) == ("*4", "")


@pytest.mark.parametrize(
    ("day", "shown"), [("2027-01-10", False), ("2027-01-11", True), ("2027-01-15", True), ("2027-01-16", False)]
)
def test_what_holds_for_some_days_stands_there_on_these(tmp_path: Path, day: str, shown: bool) -> None:
    noon = datetime.fromisoformat(f"{day}T12:00+01:00")
    said = called(sheets(tmp_path, now=noon)["front"])["100"].temporary
    assert said == (("The lift is out of order.",) if shown else ())


def test_people_stand_with_what_they_are_doing(tmp_path: Path) -> None:
    until = int(datetime(2027, 1, 11, 12, 0, tzinfo=UTC).timestamp())
    doing = {"anna": Doing("lunch", until, "back soon"), "bo": Doing("meeting", until - 7200)}
    people = sheets(tmp_path, doing)["front"].colleagues
    assert [(each.name, each.extension, each.activity, each.until, each.note) for each in people] == [
        ("Anna Berg", "101", "Lunch", "2027-01-11T13:00+01:00", "back soon"),
        ("Bo Ek", "102", "Available", "", ""),
    ]
    lines = list(attendant_sheet.text(sheets(tmp_path / "again", doing)["front"]))
    assert "  Anna Berg, 101, Lunch until 2027-01-11 13:00 (back soon)" in lines


def test_the_command_shows_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    specification_of(CASE.read_text(), tmp_path)
    asked = ["attendant", "sheet", SLUG, "-C", str(tmp_path), "--offline"]
    assert run([*asked, "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)["sheets"]
    assert [each["attendant"] for each in told] == ["front", "support", "night"]
    assert told[0]["called"][0]["questions"] == [
        {"question": "Where can I park?", "answer": "Behind the house, two hours."}
    ]
    assert run(asked) == 0
    assert "+46850100102 Office (en; overflow)\n  answer: Acme, the office.\n" in capsys.readouterr().out


def test_a_tenant_without_one_is_told_what_to_write(tmp_path: Path) -> None:
    found = specification_of("", tmp_path)
    with pytest.raises(UsageError, match="no external attendant"):
        attendant_sheet.of_tenant(found.tenants[SLUG], found.scopes[SLUG], None, NOW)
