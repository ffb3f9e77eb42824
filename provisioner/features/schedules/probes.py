"""A schedule as its caller meets it: the moment decides.

Moments are looked for from the time of planning on: one that is open, one that is closed, and the next day of each
exception and of the holidays, at noon.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from provisioner.core.feature import Scope
from provisioner.core.probes import Hears
from provisioner.core.refs import Ref
from provisioner.core.visits import CONNECTION, Caller, Visit, Way

from . import trace
from .model import Schedule

DAYS_AHEAD = 400
SETTLED = timedelta(seconds=30)
"""After an edge: the platform's clock and the planner's need not agree to the second."""


def visit(schedules: dict[str, Schedule], ref: Ref, scope: Scope, caller: Caller) -> Visit | None:
    schedule = schedules.get(ref.name) if ref.kind == "schedule" else None
    if schedule is None:
        return None
    if caller.at:
        verdict = trace.at(ref.name, schedule, caller.at, scope)
        here = "open" if verdict.open else "closed"
        return Visit(ways=(Way(id=here, title=here, steps=_heard(verdict, scope, caller), to=verdict.destination),))
    return Visit(ways=(*_hours(ref.name, schedule, scope, caller), *_special_days(ref.name, schedule, scope, caller)))


def _hours(name: str, schedule: Schedule, scope: Scope, caller: Caller) -> Iterator[Way]:
    for wanted, word in ((True, "open"), (False, "closed")):
        moment = trace.find(name, schedule, scope, open=wanted, after=caller.now, hold=CONNECTION)
        if moment:
            verdict = trace.at(name, schedule, moment, scope)
            heard = _heard(verdict, scope, caller)
            yield Way(id=word, title=word, steps=heard, to=verdict.destination, at=moment + SETTLED, rows=("R4",))


def _special_days(name: str, schedule: Schedule, scope: Scope, caller: Caller) -> Iterator[Way]:
    zone = ZoneInfo(schedule.time_zone or scope.time_zone)
    today, seen = caller.now.astimezone(zone).date(), set[str]()
    for ahead in range(1, DAYS_AHEAD):
        noon = datetime.combine(today + timedelta(days=ahead), time(12, 30), zone)
        verdict = trace.at(name, schedule, noon, scope)
        special = verdict.rule == "holiday" or verdict.rule.startswith(trace.SPECIAL)
        if special and verdict.rule not in seen:
            seen.add(verdict.rule)
            title = f"{noon:%Y-%m-%d}, {'open' if verdict.open else 'closed'}"
            way = verdict.rule.replace("_", "-")
            heard = _heard(verdict, scope, caller)
            yield Way(id=way, title=title, steps=heard, to=verdict.destination, at=noon, rows=("R4",))


def _heard(verdict: trace.Verdict, scope: Scope, caller: Caller) -> tuple[Hears, ...]:
    """What a vacation says before the call goes on."""
    if verdict.prompt is None:
        return ()
    return (Hears(caller.line, caller.hears(scope.sounds[verdict.prompt.name], scope.language)),)
