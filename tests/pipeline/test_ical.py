"""Calendars of others as exceptions: whole days close, what recurs is expanded, hours are told of or taken."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from provisioner.core.errors import UsageError
from provisioner.pipeline import ical

STOCKHOLM = ZoneInfo("Europe/Stockholm")
CALENDAR = """\
BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//school//EN
BEGIN:VEVENT
UID:1
DTSTART;VALUE=DATE:20270301
DTEND;VALUE=DATE:20270306
SUMMARY:Sports "week"\\, spring
END:VEVENT
BEGIN:VEVENT
UID:2
DTSTART;VALUE=DATE:20251224
RRULE:FREQ=YEARLY
SUMMARY:Christmas Eve
END:VEVENT
BEGIN:VEVENT
UID:3
DTSTART:20270115T090000Z
DTEND:20270115T110000Z
RRULE:FREQ=MONTHLY;COUNT=2
EXDATE:20270215T090000Z
SUMMARY:Open house
END:VEVENT
BEGIN:VEVENT
UID:4
DTSTART;VALUE=DATE:20261230
DTEND;VALUE=DATE:20270103
SUMMARY:New Year
END:VEVENT
END:VCALENDAR
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "school.ics"
    path.write_text(CALENDAR.replace("\n", "\r\n"))
    return path


def test_whole_days_close(file: Path) -> None:
    taken = ical.read(file, date(2027, 1, 1), date(2027, 12, 31), STOCKHOLM)
    assert "\n".join(ical.written(taken.closures)) == (
        "exceptions:\n"
        '  - {title: "New Year", date: 2027-01-01..2027-01-02, closed: yes}\n'
        '  - {title: "Sports \\"week\\", spring", date: 2027-03-01..2027-03-05, closed: yes}\n'
        '  - {title: "Christmas Eve", date: 2027-12-24, closed: yes}'
    )
    assert taken.passed_over == ("2027-01-15 10:00 Open house is not a whole day",)


def test_hours_are_taken_where_asked_for(file: Path) -> None:
    taken = ical.read(file, date(2027, 1, 3), date(2027, 2, 28), STOCKHOLM, hours=True)
    assert list(ical.written(taken.closures)) == [
        "exceptions:",
        '  - {title: "Open house", date: 2027-01-15, hours: ["10:00-12:00"]}',
    ]
    assert taken.passed_over == ()


def test_equal_files_give_equal_exceptions(file: Path) -> None:
    one, other = (ical.read(file, date(2027, 1, 1), date(2028, 12, 31), STOCKHOLM) for _ in range(2))
    assert one == other


@pytest.mark.parametrize(
    "text", ["", "hello", "BEGIN:VCALENDAR\nBEGIN:VEVENT\n", "BEGIN:VEVENT\nDTSTART:never\nEND:VEVENT\n"]
)
def test_what_is_no_calendar_is_told(tmp_path: Path, text: str) -> None:
    path = tmp_path / "bad.ics"
    path.write_text(text)
    with pytest.raises(UsageError, match=r"bad\.ics"):
        ical.read(path, date(2027, 1, 1), date(2027, 12, 31), STOCKHOLM)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        ical.read(tmp_path / "no.ics", date(2027, 1, 1), date(2027, 12, 31), STOCKHOLM)
