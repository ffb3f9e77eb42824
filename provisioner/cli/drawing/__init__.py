"""How the call flow of a tenant looks: as tree, picture, page, Mermaid or JSON."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from provisioner.core.refs import Ref
from provisioner.core.source import Span
from provisioner.pipeline.callflow import NUMBER, CallFlow, Edge, Node

COLORS: Mapping[str, str] = {
    "number": "#cfe8fc", "schedule": "#fdf0c2", "ivr": "#e5dcfb", "voice_attendant": "#e5dcfb", "directory": "#e5dcfb",
    "announcement": "#f3e3d3", "ring_group": "#d2f0d8", "queue": "#d2f0d8", "user": "#dff5e3", "voicemail": "#ececec",
    "hangup": "#f6d5d2", "external_attendant": "#d7eef0", "call_back": "#d7eef0", "fax": "#ececec",
    "activity": "#fdf0c2",
}  # fmt: skip
OTHER = "#ffffff"


@dataclass(frozen=True)
class Drawn:
    """What is drawn."""

    tenant: str
    title: str
    flow: CallFlow
    places: Mapping[Ref, Span]
    """Where the file says each node; those that lie outside of the tenant have none."""
    lines: Callable[[Node, CallFlow], tuple[str, str]] | None = None
    """What the two lines of a node say, where they are not those of `lines_of`."""

    def lines_of(self, node: Node) -> tuple[str, str]:
        return (self.lines or lines_of)(node, self.flow)


@dataclass(frozen=True, slots=True)
class Arrow:
    """All edges from one node to another."""

    start: Ref
    target: Ref
    label: str
    first: bool
    edges: tuple[Edge, ...]


def arrows(flow: CallFlow) -> list[Arrow]:
    """One for each pair of nodes, its labels joined; crowds are told by `lines_of`."""
    pairs: dict[tuple[Ref, Ref], list[Edge]] = {}
    for edge in flow.edges:
        if not edge.crowd:
            pairs.setdefault((edge.start, edge.target), []).append(edge)
    return [
        Arrow(start, target, _joined(edges), any(edge.first for edge in edges), tuple(edges))
        for (start, target), edges in pairs.items()
    ]


def roots(flow: CallFlow) -> list[Ref]:
    """Where calls come in: numbers; then what no arrow leads to, such as what has an extension alone."""
    reached = {each.target for each in arrows(flow)}
    return [each.ref for each in flow.nodes if each.ref not in reached or (each.ref.kind == NUMBER and each.path)]


def lines_of(node: Node, flow: CallFlow) -> tuple[str, str]:
    """The two lines of a node: what it is called, and what it is."""
    told = [node.noun]
    if node.title:
        told.append(node.title)
    if node.extension:
        told.append(f"ext. {node.extension}")
    if crowd := crowd_of(node, flow):
        told.append(f"leads to {crowd} more by name or extension")
    return node.ref.name, " · ".join(told)


def crowd_of(node: Node, flow: CallFlow) -> int:
    """How many a node leads to by one of many ways alike, which no arrow shows."""
    return len({edge.target for edge in flow.onward.get(node.ref, ()) if edge.crowd})


def _joined(edges: Sequence[Edge]) -> str:
    return ", ".join(dict.fromkeys(edge.label for edge in edges if edge.label))
