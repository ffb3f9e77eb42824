"""The core node's own watch over schedules that were switched until a time."""

from __future__ import annotations

import runpy
import sqlite3
import subprocess
from pathlib import Path
from typing import Any

import pytest

from provisioner.targets.asterisk import switches

PROGRAM = Path(__file__).parents[2] / "roles/asterisk/files/end_switches.py"
NOW = 1_790_000_000


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    facts = {
        "/pbx/acme/until-office": str(NOW),
        "/pbx/acme/until-shop": str(NOW + 1),
        "/pbx/a-b/until-until-late": str(NOW + 3600),
        "/pbx/a-b/clock-offset": "3600",
        "/pbx/past/until-office": str(NOW),
        "/pbx/past/clock-offset": "-60",
        "/pbx/odd/until-office": "",
        "/pbx/acme/switch-office": "open",
        "/pbx/acme/activity-anna": f"lunch:{NOW}:phone:",
        "/pbx/acme/activity-bo": f"lunch:{NOW + 1}:hand:",
        "/pbx/acme/activity-cecilia": "vacation:0:phone:",
        "/pbx/a-b/activity-anna-lisa": f"gone:{NOW + 3600}:calendar:aGVq",
        "/pbx/acme/activity-odd": "",
    }
    path = tmp_path / "astdb.sqlite3"
    database = sqlite3.connect(path)
    database.execute("CREATE TABLE astdb(key VARCHAR(256), value VARCHAR(256), PRIMARY KEY(key))")
    database.executemany("INSERT INTO astdb VALUES (?, ?)", facts.items())
    database.commit()
    database.close()
    monkeypatch.syspath_prepend(PROGRAM.parent)
    monkeypatch.setattr("astdb.DATABASE", path)
    monkeypatch.setattr("astdb.SETTLED", 0)
    return runpy.run_path(str(PROGRAM))


def test_what_is_over(program: dict[str, Any]) -> None:
    switched, done = program["over"](NOW)
    assert sorted(switched) == [("a-b", "until-late"), ("acme", "office")]
    assert sorted(done) == [
        ("a-b", "anna-lisa", f"gone:{NOW + 3600}:calendar:aGVq"),
        ("acme", "anna", f"lunch:{NOW}:phone:"),
    ]
    assert program["over"](NOW - 1) == ([], [])


@pytest.mark.row("A2")
def test_an_activity_that_was_set_meanwhile_stays(program: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[str] = []

    def asterisk(command: list[str], **_: Any) -> subprocess.CompletedProcess[str]:
        ran.append(command[2])
        return subprocess.CompletedProcess(command, 0, "Value: meeting:0:phone:\n")

    monkeypatch.setattr("subprocess.run", asterisk)
    program["forget"]("acme", "anna", f"lunch:{NOW}:phone:")
    assert ran == ["database get pbx/acme activity-anna"]
    program["forget"]("acme", "anna", "meeting:0:phone:")
    assert ran[1:] == ["database get pbx/acme activity-anna", "database del pbx/acme activity-anna"]


@pytest.mark.parametrize(
    ("tenant", "schedule"), [("acme", "office"), ("a-b", "child-care"), ("a-b" * 13, "office"), ("a" * 40, "b-" * 20)]
)
def test_the_lights_are_those_of_the_dialplan(
    program: dict[str, Any], monkeypatch: pytest.MonkeyPatch, tenant: str, schedule: str
) -> None:
    ran: list[str] = []

    def asterisk(command: list[str], **_: Any) -> subprocess.CompletedProcess[str]:
        ran.append(command[2])
        return subprocess.CompletedProcess(command, 0, "")

    monkeypatch.setattr("subprocess.run", asterisk)
    program["end"](tenant, schedule)
    lights = [f"devstate change {light} {lamp.value}" for light, lamp in switches.lamps(tenant, schedule, "auto")]
    assert ran == [
        *lights,
        f"database put pbx/{tenant} {switches.state_key(schedule)} auto",
        f"database del pbx/{tenant} {switches.until_key(schedule)}",
    ]
