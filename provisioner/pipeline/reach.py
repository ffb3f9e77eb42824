"""Reach: whom a caller of a number comes to, at each minute of a year, and in which hours that differs.

Only the clock and the date decide here: what a caller presses, who is on a call and the manual switch do not. Minutes
are those of the tenant's wall clock.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import cached_property
from itertools import pairwise

from provisioner.core.flows import Stretch
from provisioner.core.records import record
from provisioner.core.refs import Ref
from provisioner.core.week import MIDNIGHT
from provisioner.tenant import FEATURES

from . import callflow
from .versions import Version


@record
class Outcome:
    """What a caller meets."""

    target: str
    """`ring_group:reception`; empty where the call ends."""
    said: str = ""
    """Why it ends."""
    rings: tuple[str, ...] = ()
    """Users whose telephones ring first."""
    behind: tuple[str, ...] = ()
    """Users who can be reached from there otherwise."""

    def __str__(self) -> str:
        if not self.target:
            return self.said
        people = [f"rings {', '.join(self.rings)}"] if self.rings and self.target != f"user:{self.rings[0]}" else []
        if self.behind:
            people.append(f"behind it {', '.join(self.behind)}")
        return f"{self.target} ({'; '.join(people)})" if people else self.target

    @property
    def users(self) -> tuple[str, ...]:
        return (*self.rings, *self.behind)


UNKNOWN = Outcome("", "nobody: it is not a number of the tenant's")

Day = tuple[tuple[int, int, Outcome], ...]
"""Half-open stretches of minutes that cover a day, in order."""

Days = tuple[Day, ...]
"""One for each of the days that are looked at."""


@record
class Differing:
    """A part of days in which callers come to something else; `dates` are sorted."""

    start: int
    end: int
    old: Outcome
    new: Outcome
    dates: tuple[date, ...]


class Reach:
    """Of one version of a tenant, on some days."""

    def __init__(self, version: Version, days: Sequence[date]) -> None:
        self._version = version
        self._days = days
        self._known: dict[Ref, Days] = {}

    @cached_property
    def flow(self) -> callflow.CallFlow:
        tenant, scope = self._version.tenant, self._version.scope
        return callflow.of(tenant, scope) if tenant and scope else callflow.CallFlow((), ())

    @property
    def numbers(self) -> tuple[str, ...]:
        return tuple(self._version.tenant.numbers) if self._version.tenant else ()

    def of(self, number: str) -> Days:
        """What callers of the number come to in the course of each day."""
        if number not in self.numbers:
            return (((0, MIDNIGHT, UNKNOWN),),) * len(self._days)
        return self._from(Ref("number", number), ())

    def _from(self, ref: Ref, seen: tuple[Ref, ...]) -> Days:
        if ref not in self._known:
            found = None if ref in seen else self._asked(ref)
            self._known[ref] = self._steady(ref) if found is None else self._onward(found, (*seen, ref))
        return self._known[ref]

    def _onward(self, found: Sequence[tuple[Stretch, ...]], seen: tuple[Ref, ...]) -> Days:
        first = found[0]
        if len(first) == 1 and first[0].target and all(each == first for each in found):
            return self._from(first[0].target, seen)  # most numbers: the date decides nothing
        return tuple(_joined(self._parts(stretches, at, seen)) for at, stretches in enumerate(found))

    def _parts(
        self, stretches: tuple[Stretch, ...], at: int, seen: tuple[Ref, ...]
    ) -> Iterator[tuple[int, int, Outcome]]:
        for each in stretches:
            if each.target is None:
                yield each.start, each.end, Outcome("", each.said)
                continue
            for start, end, outcome in self._from(each.target, seen)[at]:
                if (first := max(start, each.start)) < (last := min(end, each.end)):
                    yield first, last, outcome

    def _asked(self, ref: Ref) -> Sequence[tuple[Stretch, ...]] | None:
        tenant, scope = self._version.tenant, self._version.scope
        if tenant is None or scope is None:
            return None
        for feature in FEATURES:
            if feature.by_day:
                found = feature.by_day(getattr(tenant, feature.section), ref, scope, self._days)
                if found is not None:
                    return found
        return None

    def _steady(self, ref: Ref) -> Days:
        outcome = Outcome(str(ref), "", self.flow.rings(ref), self.flow.behind(ref))
        return (((0, MIDNIGHT, outcome),),) * len(self._days)


def days_of(year: int) -> list[date]:
    """All days of a year, in order."""
    first = date(year, 1, 1)
    return [first + timedelta(days=ahead) for ahead in range((date(year + 1, 1, 1) - first).days)]


def differing(old: Sequence[Day], new: Sequence[Day], days: Sequence[date]) -> list[Differing]:
    """The parts of days that differ, each with all its days, in the order in which they come up."""
    found: dict[tuple[int, int, Outcome, Outcome], list[date]] = {}
    for day, before, after in zip(days, old, new, strict=True):
        if before != after:
            for part in _parts(before, after):
                found.setdefault(part, []).append(day)
    return [Differing(*part, tuple(dates)) for part, dates in found.items()]


def _parts(before: Day, after: Day) -> Iterator[tuple[int, int, Outcome, Outcome]]:
    edges = sorted({edge for start, end, _ in (*before, *after) for edge in (start, end)})
    open_part: tuple[int, int, Outcome, Outcome] | None = None
    for start, end in pairwise(edges):
        one, other = _at(before, start), _at(after, start)
        if open_part and open_part[2:] == (one, other):
            open_part = (open_part[0], end, one, other)
            continue
        if open_part and open_part[2] != open_part[3]:
            yield open_part
        open_part = (start, end, one, other)
    if open_part and open_part[2] != open_part[3]:
        yield open_part


def _at(day: Day, minute: int) -> Outcome:
    return next(outcome for start, end, outcome in day if start <= minute < end)


def _joined(parts: Iterator[tuple[int, int, Outcome]]) -> Day:
    joined: list[tuple[int, int, Outcome]] = []
    for start, end, outcome in parts:
        if joined and joined[-1][2] == outcome:
            joined[-1] = (joined[-1][0], end, outcome)
        else:
            joined.append((start, end, outcome))
    return tuple(joined)


def users_of(days: Sequence[Day]) -> Mapping[str, None]:
    """Everybody who can be reached on some day, in the order in which they come up."""
    distinct = dict.fromkeys(days)
    return dict.fromkeys(user for day in distinct for _, _, outcome in day for user in outcome.users)
