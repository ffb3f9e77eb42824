"""Days of an iCalendar file as exceptions of a schedule, to be pasted into it.

Whole days close; events with hours are opening hours where that is asked for, and are told of otherwise. For a calendar
that is to be read at each run there is the schedule's key `calendar`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

from provisioner.core.errors import UsageError
from provisioner.features.schedules import ics


@dataclass(frozen=True, slots=True, order=True)
class Closure:
    """Days in a row on which it is closed, or one day with its hours."""

    first: date
    last: date
    title: str
    hours: tuple[str, ...] = ()

    @property
    def when(self) -> str:
        return f"{self.first}" if self.first == self.last else f"{self.first}..{self.last}"


@dataclass(frozen=True, slots=True)
class Imported:
    closures: tuple[Closure, ...]
    passed_over: tuple[str, ...]
    """Events that say nothing of whole days, or cannot be meant as they stand, in words."""


def read(file: Path, first: date, last: date, zone: ZoneInfo, *, hours: bool = False) -> Imported:
    """The days of the file from `first` to `last`; `hours` takes events with a time of day for opening hours.

    Raises UsageError where the file cannot be read as a calendar.
    """
    try:
        found = ics.read(file.read_bytes(), zone.key, first, last)
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}", "name a file with the ending .ics") from error
    except ics.NoCalendar as error:
        raise UsageError(f"{file} {error}", "export it as iCalendar (.ics)") from error
    closures, passed_over, opening = set[Closure](), set(found.mistakes), dict[date, list[ics.Event]]()
    for event in found.events:
        if not event.timed:
            closures.add(Closure(max(event.first, first), min(event.last, last), event.title))
        elif hours and event.window:
            opening.setdefault(event.first, []).append(event)
        else:
            begins = f" {str(event.window).partition('-')[0]}" if event.window else ""
            passed_over.add(f"{event.first}{begins} {event.title} is not a whole day")
    closures |= {
        Closure(day, day, events[0].title, tuple(sorted({str(each.window) for each in events})))
        for day, events in opening.items()
    }
    return Imported(tuple(sorted(closures)), tuple(sorted(passed_over)))


def written(closures: tuple[Closure, ...]) -> Iterator[str]:
    """The exceptions as lines of a tenant file."""
    yield "exceptions:"
    for each in closures:
        hours = ", ".join(f'"{window}"' for window in each.hours)
        says = f"hours: [{hours}]" if each.hours else "closed: yes"
        yield f"  - {{title: {json.dumps(each.title, ensure_ascii=False)}, date: {each.when}, {says}}}"
