"""Leads a call from node to node by the rooms' rules, until it ends."""

from __future__ import annotations

from dataclasses import dataclass, replace

from provisioner.core.feature import Scope
from provisioner.core.refs import Ref
from provisioner.core.trace import Around, Call, End, Ending, Move, Step
from provisioner.pipeline import scopes
from provisioner.tenant import FEATURES, Tenant

MOST = 100
"""Moves after which a call counts as one that goes round. No tenant comes near it: a menu asks nine times at most."""


@dataclass(frozen=True, slots=True)
class Visited:
    """A node and what happened there."""

    node: Ref
    steps: tuple[Step, ...]
    within: bool
    """Whether the call was there already, and goes on behind the entrance."""


@dataclass(frozen=True, slots=True)
class Trail:
    """A whole call."""

    call: Call
    """As it came in."""
    visited: tuple[Visited, ...]
    end: End

    @property
    def nodes(self) -> tuple[Ref, ...]:
        """The nodes that it entered, in order, as the channel events of a live call name them."""
        return tuple(each.node for each in self.visited if not each.within)


def follow(tenant: Tenant, scope: Scope, first: Ref, call: Call, around: Around) -> Trail:
    """The whole way of a call that begins at `first`."""
    visited: list[Visited] = []
    ref, here, within = first, call, False
    while len(visited) < MOST:
        move = step(tenant, scope, ref, here, around)
        visited.append(Visited(ref, move.steps, within))
        if move.to is None:
            return Trail(call, tuple(visited), move.end or End(Ending.LOOPS))
        ref, here, within = move.to, replace(move.call, fresh=False), move.within
    return Trail(call, tuple(visited), End(Ending.LOOPS, str(ref)))


def step(tenant: Tenant, scope: Scope, ref: Ref, call: Call, around: Around) -> Move:
    """What the call does at one node. Every destination of a valid tenant has a room that knows it."""
    for feature in FEATURES:
        if feature.trace and (move := feature.trace(scopes.section(tenant, feature), ref, scope, call, around)):
            return move
    raise LookupError(f"no room can say what a call does at {ref}")
