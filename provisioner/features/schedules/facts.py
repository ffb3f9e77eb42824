"""What other rooms may know of the tenant's schedules."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from provisioner.core.codes import Claim
from provisioner.core.feature import Files, Scope

from .ics import LARGEST
from .model import Schedule

TURNS, DECIDES, OPENS, CLOSES = "", "0", "1", "2"
"""What stands behind the code of a switch."""

SETTINGS = {
    TURNS: "opens {name} where it is closed and closes it where it is open, or lets the schedule decide again",
    DECIDES: "lets the schedule {name} decide again",
    OPENS: "opens {name}",
    CLOSES: "closes {name}",
}
"""What stands behind the code of a switch → what it does."""


def codes(schedules: dict[str, Schedule], _: Scope) -> Iterator[Claim]:
    for name, schedule in schedules.items():
        if schedule.switch:
            path = ("schedules", name, "switch")
            for tail, title in SETTINGS.items():
                yield Claim(schedule.switch.code, title.format(name=name), path, tails=(tail,))


def contribute(schedules: dict[str, Schedule], scope: Scope, files: Files) -> Scope:
    named = sorted({schedule.calendar.file for schedule in schedules.values() if schedule.calendar})
    read = {file: content for file in named if (content := files.content(file, LARGEST + 1)) is not None}
    return replace(scope, calendars=read) if read else scope
