"""Answers as JSON; `schemas/trace.json` says its form."""

from __future__ import annotations

from typing import Any

from provisioner.core.trace import Call, End, Step
from provisioner.pipeline.tracing.interpreter import Trail
from provisioner.pipeline.tracing.question import Every
from provisioner.pipeline.tracing.times import Holding

from . import Both, Shown, outcome
from .text import local

FORMAT_VERSION = 1


def document(shown: Shown | Both) -> dict[str, Any]:
    return {"format_version": FORMAT_VERSION, **_body(shown)}


def _body(shown: Shown | Both) -> dict[str, Any]:
    if isinstance(shown, Both):
        sides = {"before": _side(shown.before), "now": _side(shown.now)}
        return {"revision": shown.revision, **sides, "same": shown.same}
    facts = {"tenant": shown.document.slug}
    if isinstance(shown.answer, Every):
        call = shown.answer.call
        return {**facts, **_call(call), "outcomes": [_outcome(each, call) for each in shown.answer.found]}
    return {**facts, **_call(shown.answer.call), **_trail(shown, shown.answer)}


def _side(shown: Shown | str) -> dict[str, Any]:
    return {"none": shown} if isinstance(shown, str) else _body(shown)


def _call(call: Call) -> dict[str, str]:
    return {"from": str(call.caller), "to": call.dialled, "at": call.at.isoformat()}


def _trail(shown: Shown, trail: Trail) -> dict[str, Any]:
    return {
        "nodes": [str(each) for each in trail.nodes],
        "steps": [_step(str(each.node), step, shown) for each in trail.visited for step in each.steps],
        "outcome": _end(trail.end),
    }


def _end(end: End) -> dict[str, str]:
    return {"how": end.how.value, "by": end.by, "words": outcome(end)}


def _step(node: str, step: Step, shown: Shown) -> dict[str, Any]:
    file, _, line = shown.place(step).rpartition(":")
    place = {"file": file, "line": int(line), "path": ".".join(map(str, step.source))} if file else None
    return {"node": node, "what": step.what, "why": step.why, "source": place}


def _outcome(each: Holding, call: Call) -> dict[str, Any]:
    return {
        **_end(each.way.end),
        "conditions": list(each.way.conditions),
        "nodes": [str(node) for node in each.way.nodes],
        "periods": [[edge.isoformat() for edge in local(period, call)] for period in each.periods],
    }
