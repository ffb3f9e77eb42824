"""Access from outside as a stranger meets it: refused. No test telephone has a user's mobile number."""

from __future__ import annotations

from provisioner.core.feature import Scope
from provisioner.core.probes import IsEnded
from provisioner.core.refs import Ref
from provisioner.core.visits import Caller, Visit, Way

from .model import Disa


def visit(entrances: dict[str, Disa], ref: Ref, _: Scope, caller: Caller) -> Visit | None:
    if ref.kind != "disa" or ref.name not in entrances:
        return None
    refused = Way(id="stranger", title="a stranger calls", steps=(IsEnded(caller.line, "403"),))
    return Visit(ways=(refused,), rows=("N5",))
