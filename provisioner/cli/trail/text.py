"""Answers as text: each node, and below it what happened there, with its line in the tenant file; or all outcomes."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from datetime import datetime

from provisioner.core.trace import Call
from provisioner.pipeline.tracing.interpreter import Trail
from provisioner.pipeline.tracing.question import Every
from provisioner.pipeline.tracing.times import Holding, Period

from . import Both, Shown, outcome

LONGEST = 110
"""Characters of what happened; a prompt's words are cut there. JSON has them whole."""
PERIODS = 3
"""Periods of an outcome that are named; JSON has them all."""


def lines(shown: Shown | Both) -> Iterator[str]:
    if isinstance(shown, Both):
        yield f"Before, in {shown.revision}:"
        yield from _side(shown.before)
        yield "Now:"
        yield from _side(shown.now)
        yield "Both come to the same." if shown.same else "They do not come to the same."
    elif isinstance(shown.answer, Every):
        yield from _every(shown.answer)
    else:
        yield from _trail(shown, shown.answer)


def _side(shown: Shown | str) -> Iterator[str]:
    for line in [shown] if isinstance(shown, str) else lines(shown):
        yield f"  {line}"


def _trail(shown: Shown, trail: Trail) -> Iterator[str]:
    call = trail.call
    yield f"A call from {call.caller} to {call.dialled}, {call.at:%a %Y-%m-%d %H:%M} ({call.at.tzinfo})"
    width = max((len(shown.place(step)) for each in trail.visited for step in each.steps), default=0)
    for visited in trail.visited:
        if not visited.within:
            yield f"{visited.node}"
        for step in visited.steps:
            why = f" ({step.why})" if step.why else ""
            what = textwrap.shorten(step.what + why, LONGEST, placeholder=" …")
            yield f"  {shown.place(step):<{width}}  {what}"
    yield f"Outcome: {outcome(trail.end)}"


def _every(every: Every) -> Iterator[str]:
    call = every.call
    yield f"Every outcome of a call from {call.caller} to {call.dialled}, in the year from {call.at:%Y-%m-%d %H:%M} on"
    for each in every.found:
        yield outcome(each.way.end)
        yield f"  when  {_when(each, call)}"
        if each.way.conditions:
            yield f"  if    {'; '.join(each.way.conditions)}"
        yield f"  by    {' › '.join(map(str, each.way.nodes))}"


def _when(each: Holding, call: Call) -> str:
    if each.always:
        return "at any time"
    told = ", ".join(_period(*local(period, call)) for period in each.periods[:PERIODS])
    more = len(each.periods) - PERIODS
    hours = f"{sum(period.hours for period in each.periods):,.0f} h of {each.whole.hours:,.0f}"
    return f"{told} and {more} more ({hours})" if more > 0 else f"{told} ({hours})"


def local(period: Period, call: Call) -> tuple[datetime, datetime]:
    """Start and end by the tenant's clock."""
    return period.start.astimezone(call.at.tzinfo), period.end.astimezone(call.at.tzinfo)


def _period(start: datetime, end: datetime) -> str:
    return f"{start:%a %Y-%m-%d %H:%M} – {end:{'%H:%M' if start.date() == end.date() else '%a %Y-%m-%d %H:%M'}}"
