"""A traced call as JSON; `schemas/trace.json` says its form."""

from __future__ import annotations

from typing import Any

from provisioner.core.trace import Step

from . import Shown, outcome

FORMAT_VERSION = 1


def document(shown: Shown) -> dict[str, Any]:
    call, end = shown.trail.call, shown.trail.end
    return {
        "format_version": FORMAT_VERSION,
        "tenant": shown.document.slug,
        "from": str(call.caller),
        "to": call.dialled,
        "at": call.at.isoformat(),
        "nodes": [str(each) for each in shown.trail.nodes],
        "steps": [_step(str(each.node), step, shown) for each in shown.trail.visited for step in each.steps],
        "outcome": {"how": end.how.value, "by": end.by, "words": outcome(end)},
    }


def _step(node: str, step: Step, shown: Shown) -> dict[str, Any]:
    file, _, line = shown.place(step).rpartition(":")
    place = {"file": file, "line": int(line), "path": ".".join(map(str, step.source))} if file else None
    return {"node": node, "what": step.what, "why": step.why, "source": place}
