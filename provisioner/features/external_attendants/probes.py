"""An external attendant as her caller meets her: somebody outside answers, or the tenant's own attendants do."""

from __future__ import annotations

from provisioner.core.feature import Scope
from provisioner.core.probes import HangsUp, Network, Reaches, TalkBothWays
from provisioner.core.refs import Ref
from provisioner.core.visits import Caller, Visit, Way

from .model import ExternalAttendant


def visit(attendants: dict[str, ExternalAttendant], ref: Ref, _: Scope, caller: Caller) -> Visit | None:
    attendant = attendants.get(ref.name) if ref.kind == "external_attendant" else None
    if attendant is None:
        return None
    if absence := attendant.absence:
        # Who answers hangs on how the call came here and on what people are doing: that it comes here is all we know.
        return Visit(may_ring=caller.phones((*absence.of, absence.present)), rows=("T2",))
    talk = Way(id="answered", title="answered", steps=(TalkBothWays(caller.line, Network()), HangsUp(caller.line)))
    return Visit(arrival=(Reaches(Network(), attendant.number),), ways=(talk,), rows=("T2",))
