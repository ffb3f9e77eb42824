"""`pbx schedule`, `pbx codes` and what `pbx switch` refuses, as people call them."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from provisioner.cli.main import run
from provisioner.features.schedules.calendars import YEARS

EXAMPLES = str(Path(__file__).parents[2] / "examples")

CALENDAR = """\
BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//school//EN
BEGIN:VEVENT
UID:1
DTSTART;VALUE=DATE:20270301
DTEND;VALUE=DATE:20270306
SUMMARY:Sports week
END:VEVENT
BEGIN:VEVENT
UID:2
DTSTART:20270115T090000Z
DTEND:20270115T110000Z
SUMMARY:Open house
END:VEVENT
END:VCALENDAR
"""


def pbx(*words: str, code: int = 0) -> None:
    assert run([*words, "--folder", EXAMPLES]) == code


def test_a_year_as_text(capsys: pytest.CaptureFixture[str]) -> None:
    pbx("schedule", "show", "solglantan", "--year", "2027")
    shown = capsys.readouterr().out
    assert shown.startswith("solglantan opening 2027 (Europe/Stockholm)\n")
    assert "2027-03-28 Sun                     holiday: closed; Påskdagen; clocks change 02:00 → 03:00\n" in shown
    assert "\x1b" not in shown


def test_a_year_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    pbx("schedule", "show", "solglantan", "opening", "--year", "2028", "--format", "json")
    document = json.loads(capsys.readouterr().out)
    (schedule,) = document["schedules"]
    assert len(schedule["days"]) == 366
    found = next(each for each in schedule["days"] if each["date"] == "2028-06-06")
    assert found == {
        "date": "2028-06-06",
        "kind": "holiday",
        "hours": [],
        "titles": ["Nationaldagen"],
        "destination": "",
        "clocks": "",
        "source": "schedules.opening.holidays",
    }


def test_a_year_as_a_picture(capsys: pytest.CaptureFixture[str]) -> None:
    pbx("schedule", "show", "nordverk", "office", "--year", "2027", "--format", "svg")
    assert ElementTree.fromstring(capsys.readouterr().out).tag.endswith("svg")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("show", "solglantan", "openign"), "did you mean opening?"),
        (("show", "kiosken", "--format", "svg"), "a picture shows one"),
        (("import", "nothing.ics", "solglantan", "opening"), "cannot be read"),
    ],
)
def test_refused(words: tuple[str, ...], told: str, capsys: pytest.CaptureFixture[str]) -> None:
    pbx("schedule", *words, code=64)
    said = capsys.readouterr()
    assert said.out == ""
    assert told in said.err


def test_days_of_a_calendar_are_exceptions(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "school.ics"
    file.write_text(CALENDAR)
    pbx("schedule", "import", str(file), "solglantan", "opening", "--year", "2027")
    said = capsys.readouterr()
    assert said.out == 'exceptions:\n  - {title: "Sports week", date: 2027-03-01..2027-03-05, closed: yes}\n'
    assert "passed over: 2027-01-15 10:00 Open house is not a whole day" in said.err


def test_codes_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    pbx("codes", "solglantan", "--format", "json")
    found = {dialled: each for each in json.loads(capsys.readouterr().out)["codes"] for dialled in each["dialled"]}
    assert found["*281"]["title"] == "opens opening"
    assert found["*98"]["service"] == "voicemail"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("solglantan", "opening", "auto", "--until", "17:00"), "--until belongs to open or closed"),
        (("solglantan", "openign", "closed"), "did you mean opening?"),
        (("solglantan", "opening", "--pin"), "asks for no PIN"),
        (("solglantan", "opening", "shut"), "shut"),
    ],
)
def test_switch_refuses(words: tuple[str, ...], told: str, capsys: pytest.CaptureFixture[str]) -> None:
    pbx("switch", *words, code=64)
    assert told in capsys.readouterr().err


@pytest.mark.parametrize(("year", "code"), [(YEARS[0], 0), (YEARS[-1], 0), (YEARS[-1] + 1, 64), (YEARS[0] - 1, 64)])
def test_years_are_those_whose_holidays_are_known(year: int, code: int) -> None:
    pbx("schedule", "show", "solglantan", "--year", str(year), code=code)
