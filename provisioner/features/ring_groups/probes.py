"""A ring group as its caller meets it: telephones ring, one is answered, or none."""

from __future__ import annotations

from provisioner.core.feature import Scope
from provisioner.core.probes import Answers, HangsUp, Rings, TalkBothWays, Waits
from provisioner.core.refs import Ref
from provisioner.core.visits import Caller, Visit, Way, one_of

from .model import RingGroup, Strategy


def visit(groups: dict[str, RingGroup], ref: Ref, _: Scope, caller: Caller) -> Visit | None:
    group = groups.get(ref.name) if ref.kind == "ring_group" else None
    if group is None:
        return None
    phones = caller.phones(group.members)
    may_begin = group.members if group.strategy.in_turn else group.members[:1]
    if not phones or len(caller.phones(may_begin)) != len(may_begin):
        return None
    at_once = group.strategy is Strategy.ALL
    first = one_of(phones) if group.strategy.in_turn else phones[0]
    arrival = tuple(Rings(phone) for phone in (phones if at_once else (first,)))
    ringing = group.ring_time * (1 if at_once else len(group.members))
    answered = Way(
        id="answered",
        title="answered",
        steps=(Answers(first), TalkBothWays(caller.line, first), HangsUp(caller.line)),
        rows=("Q1",),
    )
    nobody = Way(id="no-answer", title="nobody answers", steps=(Waits(ringing),), to=group.no_answer)
    return Visit(arrival=arrival, ways=(answered, nobody), may_ring=phones, rows=("Q1",))
