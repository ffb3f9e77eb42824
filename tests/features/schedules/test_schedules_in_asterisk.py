"""The dialplan of schedules against trace.py: a real Asterisk answers the same questions as the evaluation offline.

Random schedules in several time zones meet instants that hurt: edges of windows and the minute before, midnights,
hours of the changes to and from summer time, holidays, exceptions, leap days, years beyond 2037.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from provisioner.core.feature import Scope
from provisioner.features.schedules import asterisk, trace
from provisioner.features.schedules.model import Schedule
from provisioner.targets.asterisk import render
from tests.real_asterisk import log_of_call

ZONES = ("Europe/Stockholm", "America/New_York", "Africa/Cairo", "Asia/Kathmandu", "Australia/Lord_Howe", "UTC")
CALENDARS = {
    name: (Path(__file__).parents[1] / "calendars" / name).read_bytes() for name in ("closed.ics", "open-days.ics")
}
SCOPE = Scope("acme", "Acme", "acme.example", "Europe/Stockholm", "sv", "SE", calendars=CALENDARS)
SCHEDULES, INSTANTS = 60, 60
RECURRING = (
    "12-24..01-02", "12-24", "02-29", "06-19..06-21", "03-29", "last sun mar", "last sun", "5th sat", "1st mon",
    "last fri feb", "4th thu nov",
)  # fmt: skip

Question = tuple[str, datetime, str]
"""Schedule, instant, manual switch."""


@pytest.mark.lab
def test_asterisk_and_trace_agree(tmp_path: Path) -> None:
    chance = Random(20261122)
    schedules = {f"s{count}": Schedule.model_validate(random_schedule(chance)) for count in range(SCHEDULES)}
    questions = [
        (name, instant, chance.choice(("auto", "auto", "auto", "auto", "", "open", "closed")))
        for name, schedule in schedules.items()
        for instant in random_instants(chance, schedule)
    ]
    log = log_of_call(tmp_path, dialplan(schedules, questions), "0@driver", "RESULT done")
    said = re.findall(r"RESULT (\d+) (\S+) (\S+)", log)
    assert len(said) == len(questions)
    for number, destination, rule in said:
        name, instant, switch = questions[int(number)]
        expected = trace.at(name, schedules[name], instant, SCOPE, switch or "auto")
        local = instant.astimezone(ZoneInfo(schedules[name].time_zone or SCOPE.time_zone))
        assert (destination, rule) == (expected.destination.name, expected.rule), (local, switch, schedules[name])
    assert len({rule for _, _, rule in said}) == 17 + len(RECURRING), "every kind of rule decided at least once"


def dialplan(schedules: dict[str, Schedule], questions: list[Question]) -> str:
    """The rendered schedules, destinations that note where a call arrived, and a call that asks every question."""
    lines = [render("acme", asterisk.lower(schedules, SCOPE)).files[0].text]
    for name in ("open", "closed", "special"):
        lines += [
            f"[acme.announcement.{name}]",
            f"exten => s,1,Log(NOTICE,RESULT ${{CASE}} {name} ${{PBX_RULE}})",
            "same => n,Goto(driver,$[${CASE} + 1],1)",
        ]
    lines.append("[driver]")
    for number, (name, instant, switch) in enumerate(questions):
        lines += [
            f"exten => {number},1,Set(CASE={number})",
            f"same => n,Set(DB(pbx/acme/clock-offset)=$[{int(instant.timestamp())} - ${{EPOCH}}])",
            f"same => n,Set(DB(pbx/acme/switch-{name})={switch})",
            f"same => n,Goto(acme.schedule.{name},s,1)",
        ]
    return "\n".join([*lines, f"exten => {len(questions)},1,Log(NOTICE,RESULT done)", ""])


def random_schedule(chance: Random) -> dict[str, Any]:
    data: dict[str, Any] = {"open": "announcement:open", "closed": "announcement:closed", "weekly": {}}
    if chance.random() < 0.7:
        data["time_zone"] = chance.choice(ZONES)
    for days in chance.choice((("mon-fri",), ("mon-thu", "fri", "sat,sun"), ("fri-mon", "tue"), ("mon-sun",))):
        data["weekly"][days] = [random_window(chance) for _ in range(chance.randint(1, 3))]
    if chance.random() < 0.7:
        data["holidays"] = chance.choice(
            (
                {},
                {"country": "DE", "region": "BY", "hours": "10:00-02:00"},
                {"country": "US", "destination": "announcement:special"},
                {"without": ["trettondedag jul", "Christmas Eve"], "with": [{"recurs": "02-29"}]},
            )
        )
    data["exceptions"] = list(random_exceptions(chance))
    if chance.random() < 0.4:
        special = {"destination": "announcement:special"} if chance.random() < 0.5 else {}
        data["calendar"] = {
            "file": chance.choice(tuple(CALENDARS)),
            "as": chance.choice(("closed", "hours")),
            **special,
        }
    return data


def random_window(chance: Random) -> str:
    if chance.random() < 0.1:
        return "00:00-24:00"
    start = chance.choice((0, 30, 120, 150, 180, 480, 749, 1320, 1439, chance.randrange(1440)))
    end = (start + chance.choice((1, 30, 60, 240, 480, chance.randrange(1, 1439)))) % 1440
    return f"{start // 60:02}:{start % 60:02}-{end // 60:02}:{end % 60:02}"


def random_exceptions(chance: Random) -> Iterator[dict[str, Any]]:
    days = chance.sample(RECURRING, chance.randint(0, 5))
    for each in [*days, *chance.sample(("2026-12-31", "2026-07-06..2026-08-02", "2027-03-28", "2026-10-25"), 2)]:
        hours = {"closed": "yes"} if chance.random() < 0.5 else {"hours": [random_window(chance)]}
        special = {"destination": "announcement:special"} if chance.random() < 0.5 else {}
        yield {"date" if each.startswith("20") else "recurs": each, **hours, **special}


def random_instants(chance: Random, schedule: Schedule) -> Iterator[datetime]:
    """Instants at second 30, so that the second which passes in between changes no minute."""
    zone = ZoneInfo(schedule.time_zone or SCOPE.time_zone)
    hours = [window for windows in schedule.weekly.values() for window in windows]
    hours += [window for each in schedule.exceptions for window in each.hours or []]
    minutes = [edge % 1440 for window in hours for edge in (window.start, window.end)] + [0, 60, 120, 180]
    for _ in range(INSTANTS):
        day = chance.choice(
            (
                date(2024, 2, 29), date(2026, 12, 24), date(2027, 1, 1), date(2026, 12, 31), date(2026, 7, 6),
                date(2026, 8, 2), date(2027, 3, 28), date(2026, 10, 25), date(2027, 3, 14), date(2026, 11, 1),
                date(2026, 7, 8), date(2026, 7, 10), date(2027, 1, 15), date(2026, 6, 5), date(2028, 12, 23),
                date(2045, 6, 6), date(2026, 10, 31), date(2026, 11, 26), date(2027, 2, 26),
                date(2027, 1, 31), date(2027, 2, 1), date(2024, 1, 1) + timedelta(days=chance.randrange(36 * 365)),
            )
        ) + timedelta(days=chance.choice((-1, 0, 0, 0, 1)))  # fmt: skip
        wall = datetime(day.year, day.month, day.day, tzinfo=zone, fold=chance.choice((0, 1)))
        minute = chance.choice((*minutes, chance.randrange(1440))) + chance.choice((-1, 0, 0, 1))
        at = wall.replace(second=30) + timedelta(minutes=minute)
        yield at.astimezone(UTC) + timedelta(hours=chance.choice((0, 0, 0, 1)))
