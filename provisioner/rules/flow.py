"""How a call can move through a tenant: the graph that several rules ask.

Nodes are destinations; an edge is a reference that sends a call on. Not a rule itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from provisioner.core.feature import Scope, Way, way_of
from provisioner.core.flows import INSIDE, OUTSIDE
from provisioner.core.records import record
from provisioner.core.refs import DESTINATION_KINDS, Ref
from provisioner.core.source import Path
from provisioner.tenant import FEATURES

_BY_SECTION = {feature.section: feature for feature in FEATURES}
_NODES = {feature.section: feature.kind for feature in FEATURES if feature.kind in DESTINATION_KINDS}
"""section → kind of its entries, where calls pass through them."""


@record
class Edge:
    """`start` is None where no call passes: a number, a member list, a person's setting."""

    start: Ref | None
    target: Ref
    way: Way
    path: Path


def edges(scope: Scope) -> Sequence[Edge]:
    """Every reference of the tenant as an edge."""
    return _asked_last(scope)[0]


def cycles(scope: Scope) -> Sequence[tuple[Edge, ...]]:
    """Rounds that a call can go without anybody answering or choosing, each with its last edge closing it.

    Each closing edge is reported once, so that mending all of them leaves no round.
    """
    return _asked_last(scope)[1]


_last: tuple[Scope, Sequence[Edge], Sequence[tuple[Edge, ...]]] | None = None


def _asked_last(scope: Scope) -> tuple[Sequence[Edge], Sequence[tuple[Edge, ...]]]:
    """Edges and rounds; kept for one tenant, because several rules ask the same of it one after the other."""
    global _last
    if _last is None or _last[0] is not scope:
        found = tuple(_edges(scope))
        _last = scope, found, tuple(_rounds(found))
    return _last[1], _last[2]


def _edges(scope: Scope) -> Iterator[Edge]:
    ways: dict[tuple[str, str, Path], Way] = {}  # the entries of a section say the same at the same places
    for path, ref in scope.references:
        section = str(path[0])
        if feature := _BY_SECTION.get(section):
            kind = _NODES.get(section)
            start = Ref(kind, str(path[1])) if kind and len(path) > 1 else None
            place = (section, ref.kind, path[2:])
            if (way := ways.get(place)) is None:
                way = ways[place] = way_of(feature, path[2:], ref.kind)
            yield Edge(start, ref, way, path)


def _rounds(edges: Sequence[Edge]) -> Iterator[tuple[Edge, ...]]:
    """A colleague's call goes no way that is for calls from outside alone, and the other way about."""
    if not any({INSIDE, OUTSIDE} & set(edge.path) for edge in edges):
        yield from _cycles(edges)
        return
    sides = (_cycles([edge for edge in edges if other not in edge.path]) for other in (OUTSIDE, INSIDE))
    yield from {cycle[-1].path: cycle for side in sides for cycle in side}.values()


def _cycles(edges: Sequence[Edge]) -> Iterator[tuple[Edge, ...]]:
    going = [edge for edge in edges if edge.start and edge.way is Way.GOES]
    starts = {edge.start for edge in going}
    onward: dict[Ref, list[Edge]] = {}
    for edge in going:
        if edge.start and edge.target in starts:  # not so most of them: they lead to a mailbox, where calls end
            onward.setdefault(edge.start, []).append(edge)
    done: set[Ref] = set()
    for start in onward:
        if start not in done:
            yield from _from(start, onward, done)


def _from(start: Ref, onward: dict[Ref, list[Edge]], done: set[Ref]) -> Iterator[tuple[Edge, ...]]:
    """Depth first without recursion: a tenant may chain more menus than Python nests calls."""
    walked: list[Edge] = []
    places = {start: 0}
    stack = [iter(onward[start])]
    while stack:
        edge = next(stack[-1], None)
        if edge is None:
            stack.pop()
            left = walked.pop().target if walked else start
            places.pop(left)
            done.add(left)
        elif edge.target in places:
            yield (*walked[places[edge.target] :], edge)
        elif edge.target not in done and edge.target in onward:
            walked.append(edge)
            places[edge.target] = len(walked)
            stack.append(iter(onward[edge.target]))


def shown(cycle: tuple[Edge, ...]) -> str:
    """`ivr:main → queue:info → ivr:main`."""
    return " → ".join(str(each) for each in (cycle[-1].target, *(edge.target for edge in cycle)))
