"""Leaving the tenant as a caller meets it: a public number is reached, or the call ends."""

from __future__ import annotations

from provisioner.core.feature import Scope
from provisioner.core.probes import HangsUp, IsEnded, Network, Reaches, TalkBothWays
from provisioner.core.refs import Ref
from provisioner.core.visits import Caller, Visit, Way

from .model import Outbound


def visit(_: Outbound, ref: Ref, scope: Scope, caller: Caller) -> Visit | None:
    if ref.kind == "hangup":
        return Visit(arrival=(IsEnded(caller.line, within=25),))
    if ref.kind == "number" and ref.name not in scope.tenant_numbers:
        talk = Way(id="answered", title="answered", steps=(TalkBothWays(caller.line, Network()), HangsUp(caller.line)))
        return Visit(arrival=(Reaches(Network(), ref.name),), ways=(talk,), rows=("N8",))
    return None
