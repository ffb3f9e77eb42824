"""When each outcome of a call holds: the moments that a tenant tells apart by its schedules and its numbers' days."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from provisioner.core.feature import Scope
from provisioner.core.refs import Ref
from provisioner.core.trace import Call, End
from provisioner.features.schedules import trace as schedules
from provisioner.tenant import Tenant

from .every import Way, outcomes
from .given import Given

DAYS = 365
"""How far ahead outcomes are looked for."""


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """From `start` on, no longer at `end`; both in UTC, where an hour that comes twice is two."""

    start: datetime
    end: datetime

    @property
    def hours(self) -> float:
        return (self.end - self.start).total_seconds() / 3600


@dataclass(frozen=True, slots=True)
class Holding:
    """An outcome, the shortest way to it, and when it may come about."""

    way: Way
    periods: tuple[Period, ...]
    whole: Period
    """The year that was looked at."""

    @property
    def always(self) -> bool:
        return self.periods == (self.whole,)


def over_a_year(tenant: Tenant, scope: Scope, first: Ref, call: Call, given: Given) -> tuple[Holding, ...]:
    """Every outcome in the year from the call's moment on, in the order in which they may come about."""
    ways: dict[End, Way] = {}
    periods: dict[End, list[Period]] = {}
    start = call.at.astimezone(UTC)
    whole = Period(start, start + timedelta(days=DAYS))
    for alike in kinds(tenant, scope, call.at):
        then = replace(call, at=alike[0].start.astimezone(call.at.tzinfo))
        for way in outcomes(tenant, scope, first, then, given):
            ways.setdefault(way.end, way)
            periods.setdefault(way.end, []).extend(alike)
    return tuple(Holding(way, joined(periods[end]), whole) for end, way in ways.items())


def kinds(tenant: Tenant, scope: Scope, first: datetime) -> list[list[Period]]:
    """The year from `first` on, parted into periods; those in which every schedule and number says the same stand
    together."""
    start = first.astimezone(UTC)
    last = start + timedelta(days=DAYS)
    edges = sorted({start, *(each for each in _edges(tenant, scope, start) if start < each < last)})
    said = [_said(tenant, scope, each) for each in edges]
    alike: dict[object, list[Period]] = {}
    ends = [*edges[1:], last]
    for what, group in groupby(zip(said, edges, ends, strict=True), key=lambda each: each[0]):
        parts = list(group)
        alike.setdefault(what, []).append(Period(parts[0][1], parts[-1][2]))
    return list(alike.values())


def joined(periods: list[Period]) -> tuple[Period, ...]:
    """The same time in as few periods as can be, in order."""
    found: list[Period] = []
    for each in sorted(periods):
        if found and found[-1].end >= each.start:
            found[-1] = Period(found[-1].start, max(found[-1].end, each.end))
        else:
            found.append(each)
    return tuple(found)


def _edges(tenant: Tenant, scope: Scope, first: datetime) -> Iterator[datetime]:
    for schedule in tenant.schedules.values():
        yield from schedules.edges(schedule, scope, first, DAYS + 1)
    zone = ZoneInfo(scope.time_zone)
    for number in tenant.numbers.values():
        lasts = (number.active_until, number.closed.until)
        days = [number.active_from, *(each + timedelta(days=1) for each in lasts if each)]
        yield from (datetime.combine(day, time(), zone).astimezone(UTC) for day in days if day)


def _said(tenant: Tenant, scope: Scope, at: datetime) -> object:
    """What schedules and numbers say at a moment, as far as a call goes another way for it."""
    verdicts = [schedules.at(name, each, at, scope) for name, each in tenant.schedules.items()]
    day = at.astimezone(ZoneInfo(scope.time_zone)).date()
    return (
        tuple((each.open, each.destination, each.prompt) for each in verdicts),
        tuple(
            (
                bool(each.active_from and day < each.active_from),
                each.ended(day),
                bool(each.closed.until and day > each.closed.until),
            )
            for each in tenant.numbers.values()
        ),
    )
