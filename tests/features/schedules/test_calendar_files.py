"""What a calendar file says depends on nothing but itself."""

from __future__ import annotations

from datetime import date

import pytest

from provisioner.core.week import Window
from provisioner.features.schedules import ics

BRINGS = """\
BEGIN:VTIMEZONE
TZID:Kontoret
BEGIN:STANDARD
DTSTART:19700101T000000
TZOFFSETFROM:+0900
TZOFFSETTO:+0900
END:STANDARD
END:VTIMEZONE
"""
EVENT = """\
BEGIN:VEVENT
UID:1
DTSTART;TZID=Kontoret:20260302T180000
DTEND;TZID=Kontoret:20260302T190000
SUMMARY:Jour
END:VEVENT
"""


def read(*parts: str) -> ics.Contents:
    text = "".join(("BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:test\n", *parts, "END:VCALENDAR\n"))
    return ics.read(text.encode(), "Europe/Stockholm", date(2026, 1, 1), date(2026, 12, 31))


@pytest.mark.row("R4")
def test_a_time_zone_that_one_file_brings_along_is_no_other_files() -> None:
    unknown = read(EVENT)
    assert unknown.events == ()
    assert unknown.mistakes == ("Jour is in the time zone Kontoret, which nobody knows",)
    (event,) = read(BRINGS, EVENT).events
    assert event.window == Window(10 * 60, 11 * 60)
    assert read(EVENT) == unknown
