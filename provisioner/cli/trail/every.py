"""Every outcome of a call, as text and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, tzinfo
from typing import Any

from provisioner.core.trace import Call
from provisioner.pipeline.tracing.times import Holding, Period

from . import outcome

FORMAT_VERSION = 1
SHOWN = 3
"""Periods of an outcome that text names; JSON has them all."""


def lines(call: Call, found: Sequence[Holding]) -> Iterator[str]:
    yield f"Every outcome of a call from {call.caller} to {call.dialled}, in the year from {call.at:%Y-%m-%d %H:%M} on"
    for each in found:
        yield outcome(each.way.end)
        yield f"  when  {_when(each, call.at.tzinfo)}"
        if each.way.conditions:
            yield f"  if    {'; '.join(each.way.conditions)}"
        yield f"  by    {' › '.join(map(str, each.way.nodes))}"


def document(tenant: str, call: Call, found: Sequence[Holding]) -> dict[str, Any]:
    outcomes = [
        {
            "how": each.way.end.how.value,
            "by": each.way.end.by,
            "words": outcome(each.way.end),
            "conditions": list(each.way.conditions),
            "nodes": [str(node) for node in each.way.nodes],
            "periods": [[each.isoformat() for each in _local(period, call.at.tzinfo)] for period in each.periods],
        }
        for each in found
    ]
    facts = {"tenant": tenant, "from": str(call.caller), "to": call.dialled, "at": call.at.isoformat()}
    return {"format_version": FORMAT_VERSION, **facts, "outcomes": outcomes}


def _when(each: Holding, zone: tzinfo | None) -> str:
    if each.always:
        return "at any time"
    told = ", ".join(_period(*_local(period, zone)) for period in each.periods[:SHOWN])
    more = len(each.periods) - SHOWN
    hours = f"{sum(period.hours for period in each.periods):,.0f} h of {each.whole.hours:,.0f}"
    return f"{told} and {more} more ({hours})" if more > 0 else f"{told} ({hours})"


def _local(period: Period, zone: tzinfo | None) -> tuple[datetime, datetime]:
    return period.start.astimezone(zone), period.end.astimezone(zone)


def _period(start: datetime, end: datetime) -> str:
    return f"{start:%a %Y-%m-%d %H:%M} – {end:{'%H:%M' if start.date() == end.date() else '%a %Y-%m-%d %H:%M'}}"
