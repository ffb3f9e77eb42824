"""Findings of calendar files: what stands in them must be read as whoever wrote them meant it."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.core.feature import Scope
from provisioner.core.findings import Finding, Rule, Severity, nearest
from provisioner.core.source import Path

from . import agenda, ics
from .calendars import YEARS
from .model import Calendar, Schedule

T116 = Rule(
    code="T116",
    title="Calendar file that is not there",
    why="It would be open on all the days that the file is to close.",
    remedy="Add the file below the provider's folder, or correct its name; it counts from the provider's folder.",
    bad="calendar: tenants/klinik/clsoed.ics",
    good="calendar: tenants/klinik/closed.ics",
    source="R4",
)
T117 = Rule(
    code="T117",
    title="File that is no calendar",
    why="No day could be read from it.",
    remedy="Export it as iCalendar (.ics); the content decides, not the ending of the name.",
    bad="calendar: tenants/klinik/closed.csv",
    good="calendar: tenants/klinik/closed.ics",
    source="RFC 5545",
)
T118 = Rule(
    code="T118",
    title="Event of a calendar that cannot be meant so",
    why="Each program reads it in another way, so nobody could say which days are closed.",
    remedy="Correct the event where the calendar is kept, and export it again.",
    bad="DTSTART;VALUE=DATE:20260802\nDTEND;VALUE=DATE:20260706",
    good="DTSTART;VALUE=DATE:20260706\nDTEND;VALUE=DATE:20260803",
    source="RFC 5545",
)
T119 = Rule(
    code="T119",
    title="Events with a time of day in a calendar of closed days",
    why="Only whole days close, so they change nothing.",
    remedy="Make them events of whole days, or write `as: hours` where they are opening hours.",
    bad="calendar: tenants/klinik/meetings.ics",
    good="calendar: {file: tenants/klinik/open-days.ics, as: hours}",
    severity=Severity.WARNING,
    source="R4",
)
T120 = Rule(
    code="T120",
    title="Calendar without a day to come",
    why="It decides nothing any more, and somebody believes that it does.",
    remedy="Export this year's and the next year's days, or remove the line.",
    bad="a calendar of 2019",
    good="a calendar of next year, or one whose events recur",
    severity=Severity.WARNING,
    source="R4",
)
RULES = (T116, T117, T118, T119, T120)

SHOWN = 3
"""Events with a time of day that a finding names."""


def check(schedule: Schedule, scope: Scope, path: Path) -> Iterator[Finding]:
    if schedule.calendar is None:
        return
    # The source map falls back to the whole line where the file is named in the short form.
    named, where = schedule.calendar, (*path, "calendar", "file")
    content = scope.calendars.get(named.file)
    if content is None:
        found = f"there is no file {named.file!r} below the provider's folder"
        near = nearest(named.file, scope.calendars)
        yield T116.at(where, found, expected="a path such as tenants/klinik/closed.ics", nearest=near)
        return
    try:
        read = agenda.contents(content, schedule.time_zone or scope.time_zone)
    except ics.NoCalendar as error:
        yield T117.at(where, f"{named.file} {error}", expected="a file that begins with BEGIN:VCALENDAR")
        return
    for mistake in read.mistakes:
        yield T118.at(where, f"in {named.file} {mistake}", expected="an event that every program reads alike")
    yield from _timed(named, read, where)
    if not any(day >= scope.today for day in agenda.of(schedule, scope)):
        found = f"{named.file} has no day from {scope.today} to the end of {YEARS[-1]}"
        yield T120.at(where, found, expected="a day that is still to come")


def _timed(named: Calendar, read: ics.Contents, where: Path) -> Iterator[Finding]:
    if not named.hours:
        titles = list(dict.fromkeys(f"{each.title} on {each.first}" for each in read.events if each.timed))
        if titles:
            listed = ", ".join(titles[:SHOWN]) + (f" and {len(titles) - SHOWN} more" if len(titles) > SHOWN else "")
            yield T119.at(where, f"{named.file} has {listed}", expected="events of whole days, or as: hours")
        return
    for each in read.events:
        if each.timed and each.window is None:
            found = f"in {named.file} {each.title} on {each.first} has no length, or lasts a day or more"
            yield T118.at(where, found, expected="opening hours, which end within a day")
