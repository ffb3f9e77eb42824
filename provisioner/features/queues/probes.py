"""A queue as its caller meets it: a member rings and answers, or the time is up.

An empty and a full queue are not tried: both would take members or lines away from people.
"""

from __future__ import annotations

from provisioner.core.feature import Scope
from provisioner.core.probes import Answers, HangsUp, Rings, TalkBothWays, Waits
from provisioner.core.refs import Ref
from provisioner.core.visits import NOTICE, Caller, Visit, Way, one_of

from .model import Queue, Strategy

LONGEST_WAIT = 60
"""Seconds: queues whose callers wait longer are not waited for."""


def visit(queues: dict[str, Queue], ref: Ref, _: Scope, caller: Caller) -> Visit | None:
    queue = queues.get(ref.name) if ref.kind == "queue" else None
    phones = caller.phones(queue.refs) if queue else ()
    if queue is None or not phones:
        return None
    agent = one_of(phones[:1] if queue.strategy is Strategy.LINEAR else phones)
    rings = Rings(agent, within=queue.ring_time + queue.wrap_up + NOTICE)
    ways = [
        Way(
            id="answered",
            title="an agent answers",
            steps=(Answers(agent), TalkBothWays(caller.line, agent), HangsUp(caller.line)),
            seconds=queue.wrap_up,
            rows=("Q2",),
        )
    ]
    if queue.timeout <= LONGEST_WAIT:
        waits = (Waits(queue.timeout),)
        ways.append(Way(id="timeout", title="nobody answers", steps=waits, to=queue.overflow.timeout))
    return Visit(arrival=(rings,), ways=tuple(ways), may_ring=phones, rows=("Q2",))
