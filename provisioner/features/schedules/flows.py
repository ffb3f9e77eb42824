"""Where callers go on from a schedule in the course of a day, and who may switch it by hand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from provisioner.core.feature import Scope
from provisioner.core.flows import Flow, Right, Stretch
from provisioner.core.refs import Ref
from provisioner.core.week import MIDNIGHT

from . import trace
from .model import Schedule

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
    return [_on(ref.name, schedule, scope, day) for day in days] if schedule else None


def _on(name: str, schedule: Schedule, scope: Scope, day: date) -> tuple[Stretch, ...]:
    zone = ZoneInfo(scope.time_zone)
    starts = sorted({0, *_edges(name, schedule, scope, day, zone)})
    stretches: list[Stretch] = []
    for start, end in zip(starts, [*starts[1:], MIDNIGHT], strict=True):
        instant = datetime(day.year, day.month, day.day, start // 60, start % 60, tzinfo=zone).astimezone(UTC)
        target = trace.at(name, schedule, instant, scope).destination
        if stretches and stretches[-1].target == target:
            stretches[-1] = Stretch(stretches[-1].start, end, target)
        else:
            stretches.append(Stretch(start, end, target))
    return tuple(stretches)


def _edges(name: str, schedule: Schedule, scope: Scope, day: date, zone: ZoneInfo) -> Iterator[int]:
    """Minutes of the tenant's day at which a window of the schedule's clock begins or ends, or its day changes."""
    own = ZoneInfo(schedule.time_zone) if schedule.time_zone else zone
    for ahead in (-1, 0, 1) if own.key != zone.key else (-1, 0):
        there = day + timedelta(days=ahead)
        windows = trace.day_rule(("schedules", name), schedule, there, scope).windows
        midnight = datetime(there.year, there.month, there.day)  # noqa: DTZ001  (a wall clock)
        for minute in {0, *(edge for each in windows for edge in (each.start, each.end))}:
            wall = (midnight + timedelta(minutes=minute)).replace(tzinfo=own)
            local = wall if own.key == zone.key else wall.astimezone(zone)
            if local.date() == day:
                yield local.hour * 60 + local.minute


def rights(schedules: dict[str, Schedule], _: Scope) -> Iterator[Right]:
    for name, schedule in schedules.items():
        if schedule.switch:
            for user in schedule.switch.users or [None]:
                yield Right(user.name if user else "", f"switch the schedule {name} by hand")
