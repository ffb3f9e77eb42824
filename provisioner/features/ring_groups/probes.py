"""A ring group as its caller meets it: telephones ring, one is answered, or none."""

from __future__ import annotations

from provisioner.core.feature import Scope
from provisioner.core.probes import Answers, HangsUp, Rings, TalkBothWays, Waits
from provisioner.core.refs import Ref
from provisioner.core.visits import Caller, Visit, Way

from .model import RingGroup, Strategy


def visit(groups: dict[str, RingGroup], ref: Ref, _: Scope, caller: Caller) -> Visit | None:
    group = groups.get(ref.name) if ref.kind == "ring_group" else None
    if group is None:
        return None
    phones = caller.phones(group.members)
    if not phones or caller.phones(group.members[:1]) != phones[:1]:
        return None
    first, linear = phones[0], group.strategy is Strategy.LINEAR
    arrival = tuple(Rings(phone) for phone in (phones[:1] if linear else phones))
    ringing = group.ring_time * (len(group.members) if linear else 1)
    answered = Way(
        id="answered",
        title="answered",
        steps=(Answers(first), TalkBothWays(caller.line, first), HangsUp(caller.line)),
        rows=("Q1",),
    )
    nobody = Way(id="no-answer", title="nobody answers", steps=(Waits(ringing),), to=group.no_answer)
    return Visit(arrival=arrival, ways=(answered, nobody), may_ring=phones, rows=("Q1",))
