"""What a call does that leaves the tenant: for a number of the public network, or at a `hangup:` destination.

A destination of the file needs no permission; what a user dials does.
"""

from __future__ import annotations

from provisioner.core.feature import Scope
from provisioner.core.numbering import call_class, plan_of
from provisioner.core.permissions import CallPermission
from provisioner.core.refs import Ref
from provisioner.core.trace import Around, Call, Ending, Move, Step, ends

from .model import Outbound


def trace(_: Outbound, ref: Ref, scope: Scope, call: Call, __: Around) -> Move | None:
    if ref.kind == "hangup":
        return ends(call, [], Ending.ENDED, str(ref))
    if ref.kind != "number":
        return None
    plan = plan_of(scope.country)
    if plan and ref.name in plan.emergency:
        return ends(call, [Step("goes out to the emergency centre")], Ending.EMERGENCY, ref.name)
    if plan and call.fresh and call.caller.user:
        may, need = scope.permissions[call.caller.user], CallPermission(call_class(ref.name, plan))
        if need.level > may.level:
            why = f"a call of the class {need} needs more than her permission, {may}"
            told = Step("hears that she may not call the number", ("users", call.caller.user, "call_permission"), why)
            return ends(call, [told], Ending.BARRED, ref.name)
    return ends(call, [Step("goes out to the public network")], Ending.PUBLIC, ref.name)
