"""What a call does at an external attendant: the tenant's own are asked first where the file says so, then she is."""

from __future__ import annotations

from provisioner.core.feature import Scope
from provisioner.core.refs import Ref
from provisioner.core.trace import CLOSED, RANG, Around, Call, Ending, Move, Step, ends, goes

from .model import Absence, ExternalAttendant

OFFERED = "external_attendants.offered."


def trace(external: dict[str, ExternalAttendant], ref: Ref, scope: Scope, call: Call, around: Around) -> Move | None:
    attendant = external.get(ref.name) if ref.kind == "external_attendant" else None
    if attendant is None:
        return None
    path, steps = ("external_attendants", ref.name), list[Step]()
    offered = OFFERED + attendant.number
    if (absence := attendant.absence) and not (call.mark(CLOSED) or call.mark(RANG) or call.mark(offered)):
        call = call.marked(offered, "yes")
        there = [each.name for each in absence.of if around.activity(each.name) not in _away(absence, scope)]
        if there:
            return goes(call, steps, absence.present, (*path, "absence", "present"), f"{there[0]} is there")
        steps.append(Step("the tenant's own attendants are away", (*path, "absence", "of")))
    steps.append(Step(f"rings at {attendant.number} for {attendant.ring_time} s", (*path, "number")))
    if around.answers((ref,)):
        return ends(call, [*steps, Step("the external attendant answers", path)], Ending.ANSWERED, str(ref))
    return goes(call.marked(RANG, "yes"), steps, attendant.no_answer, (*path, "no_answer"), "nobody answers there")


def _away(absence: Absence, scope: Scope) -> frozenset[str]:
    """The activities in which one of them counts as away."""
    return frozenset(each.name for each in absence.activities) or scope.silent_activities
