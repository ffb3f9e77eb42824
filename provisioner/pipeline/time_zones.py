"""A time zone as calendars are told of it (RFC 5545, 3.6.5): by yearly rules, which every reader understands.

A list of dates, as the library writes one, is passed over by some. It stays for zones whose clocks follow no such rule.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

YEARS = 6
"""For so many a rule must say the truth: the year before the first time, and those after it."""
_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


@dataclass(frozen=True, slots=True)
class _Turn:
    """A moment at which the clocks are changed; `wall` is what they show just then, before it."""

    wall: datetime
    before: timedelta
    after: timedelta
    name: str
    saving: bool

    @property
    def rule(self) -> tuple[int, str, Any, timedelta, timedelta]:
        """The same each year, where the clocks follow a rule: month, which weekday of it, time, offsets."""
        last = (self.wall + timedelta(days=7)).month != self.wall.month
        which = -1 if last else (self.wall.day - 1) // 7 + 1
        return self.wall.month, f"{which}{_DAYS[self.wall.weekday()]}", self.wall.time(), self.before, self.after


def component(zone: ZoneInfo, year: int) -> Any:
    """The VTIMEZONE for events from a year on, or None where the zone follows no yearly rule."""
    import icalendar

    turns = [_turns(zone, each) for each in range(year - 1, year - 1 + YEARS)]
    if any([each.rule for each in one] != [each.rule for each in turns[0]] for one in turns):
        return None
    made = icalendar.Timezone()
    made.add("tzid", zone.key)
    for turn in turns[0]:
        month, day, *_ = turn.rule
        rule = {"FREQ": "YEARLY", "BYMONTH": month, "BYDAY": day}
        made.add_component(_part(turn.saving, turn.wall, turn.before, turn.after, turn.name, rule))
    if not turns[0]:
        always = datetime(year - 1, 1, 1, tzinfo=zone)
        offset = always.utcoffset() or timedelta()
        made.add_component(_part(False, always.replace(tzinfo=None), offset, offset, always.tzname() or "", None))
    return made


def _part(
    saving: bool, begins: datetime, before: timedelta, after: timedelta, name: str, rule: dict[str, Any] | None
) -> Any:
    import icalendar

    part = icalendar.TimezoneDaylight() if saving else icalendar.TimezoneStandard()
    part.add("dtstart", begins)
    part.add("tzoffsetfrom", before)
    part.add("tzoffsetto", after)
    part.add("tzname", name)
    if rule:
        part.add("rrule", rule)
    return part


def _turns(zone: ZoneInfo, year: int) -> list[_Turn]:
    """All of a year, in order."""
    return list(_found(zone, datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC)))


def _found(zone: ZoneInfo, first: datetime, last: datetime) -> Iterator[_Turn]:
    day = timedelta(days=1)
    while first < last:
        if first.astimezone(zone).utcoffset() != (first + day).astimezone(zone).utcoffset():
            low, high = first, first + day
            while high - low > timedelta(seconds=1):
                middle = low + (high - low) / 2
                same = middle.astimezone(zone).utcoffset() == low.astimezone(zone).utcoffset()
                low, high = (middle, high) if same else (low, middle)
            moment = high.replace(microsecond=0)
            before = low.astimezone(zone).utcoffset() or timedelta()
            there = moment.astimezone(zone)
            wall = (moment + before).replace(tzinfo=None)
            yield _Turn(wall, before, there.utcoffset() or timedelta(), there.tzname() or "", bool(there.dst()))
        first += day
