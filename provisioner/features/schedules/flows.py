"""Where callers go on from a schedule in the course of a day, and who may switch it by hand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from provisioner.core.feature import Scope
from provisioner.core.flows import Flow, Right, Stretch
from provisioner.core.refs import Ref
from provisioner.core.week import MIDNIGHT

from . import trace
from .model import Schedule

DAY = timedelta(days=1)

FLOWS = (
    Flow(("open",), "open"),
    Flow(("closed",), "closed"),
    Flow(("exceptions",), "closed by an exception"),
    Flow(("vacations",), "vacation"),
    Flow(("holidays",), "holiday"),
    Flow(("calendar",), "closed by the calendar"),
)


def by_day(
    schedules: dict[str, Schedule], ref: Ref, scope: Scope, days: Sequence[date]
) -> Sequence[tuple[Stretch, ...]] | None:
    """As `trace` decides while the manual switch is not used; each change of the day begins a stretch."""
    schedule = schedules.get(ref.name) if ref.kind == "schedule" else None
    if schedule is None:
        return None
    one_clock = schedule.time_zone in (None, scope.time_zone)
    asked = _Asked(ref.name, schedule, scope)
    return [asked.by_own_clock(day) if one_clock else asked.by_another_clock(day) for day in days]


@dataclass
class _Asked:
    """A schedule that is asked for many days in a row."""

    name: str
    schedule: Schedule
    scope: Scope
    _rules: dict[date, trace.DayRule] = field(default_factory=dict)

    def by_own_clock(self, day: date) -> tuple[Stretch, ...]:
        yesterday, today = self._rule(day - DAY), self._rule(day)
        edges = {edge for each in today.windows for edge in (each.start, each.end)}
        edges |= {each.end - MIDNIGHT for each in yesterday.windows}
        starts = sorted({0, *(edge for edge in edges if 0 <= edge < MIDNIGHT)})
        targets = (trace.of_minute(self.schedule, yesterday, today, start).destination for start in starts)
        return _stretches(starts, targets)

    def by_another_clock(self, day: date) -> tuple[Stretch, ...]:
        """In the tenant's hours, by instants: both clocks may change, on different days."""
        zone = ZoneInfo(self.scope.time_zone)
        starts = sorted({0, *self._edges(day, zone)})
        instants = (_wall(day, start, zone).astimezone(UTC) for start in starts)
        targets = (trace.at(self.name, self.schedule, each, self.scope).destination for each in instants)
        return _stretches(starts, targets)

    def _edges(self, day: date, zone: ZoneInfo) -> Iterator[int]:
        """Minutes of the tenant's day at which a window of the schedule's clock begins or ends, or its day changes."""
        own = ZoneInfo(self.schedule.time_zone or self.scope.time_zone)
        for ahead in (-2, -1, 0, 1):  # on a clock behind, a window of the day before yesterday may end today
            there = day + ahead * DAY
            for minute in {0, *(edge for each in self._rule(there).windows for edge in (each.start, each.end))}:
                local = _wall(there, minute, own).astimezone(zone)
                if local.date() == day:
                    yield local.hour * 60 + local.minute

    def _rule(self, day: date) -> trace.DayRule:
        if day not in self._rules:
            self._rules[day] = trace.day_rule(("schedules", self.name), self.schedule, day, self.scope)
        return self._rules[day]


def _wall(day: date, minute: int, zone: ZoneInfo) -> datetime:
    """A time of a clock; minutes past midnight are those of the next day."""
    return datetime(day.year, day.month, day.day, tzinfo=zone) + timedelta(minutes=minute)


def _stretches(starts: Sequence[int], targets: Iterable[Ref]) -> tuple[Stretch, ...]:
    """Where a change changes nothing, the stretch goes on."""
    stretches: list[Stretch] = []
    for start, end, target in zip(starts, [*starts[1:], MIDNIGHT], targets, strict=True):
        if stretches and stretches[-1].target == target:
            stretches[-1] = Stretch(stretches[-1].start, end, target)
        else:
            stretches.append(Stretch(start, end, target))
    return tuple(stretches)


def rights(schedules: dict[str, Schedule], _: Scope) -> Iterator[Right]:
    for name, schedule in schedules.items():
        if schedule.switch:
            for user in schedule.switch.users or [None]:
                yield Right(user.name if user else "", f"switch the schedule {name} by hand")
