"""The call flow of a tenant as a graph: nodes are what a call comes to, edges say when it goes on there.

It is made of the references that the resolve step gathered and of what rooms say of theirs (`Feature.flows`), so a new
room is in it as soon as it says what its references mean.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from provisioner.core.feature import Feature, Scope
from provisioner.core.flows import flow_of
from provisioner.core.refs import DESTINATION_KINDS, Ref
from provisioner.core.source import Path
from provisioner.tenant import FEATURES, Tenant

NUMBER = "number"
_KINDS: Mapping[str, str] = {feature.section: feature.kind for feature in FEATURES if feature.flows}
_FEATURES: Mapping[str, Feature[Any]] = {feature.section: feature for feature in FEATURES}

_OUTSIDE: Mapping[str, str] = {NUMBER: "outside number"}
"""What things are called that are not the tenant's."""


@dataclass(frozen=True, slots=True)
class Node:
    """Something that a call comes to."""

    ref: Ref
    noun: str
    """What things of its sort are called."""
    title: str
    """What people call it; empty where that is its name."""
    extension: str
    path: Path
    """Where the file says it; empty for what lies outside of the tenant, and for ends of calls."""


@dataclass(frozen=True, slots=True)
class Edge:
    """A way from one node to another."""

    start: Ref
    target: Ref
    label: str
    first: bool
    """Whether a caller goes there before anybody else was tried and without choosing anything."""
    path: Path
    """Where the file says it, or what it follows from."""
    crowd: bool = False
    """Whether it is one of many alike."""


@dataclass(frozen=True)
class CallFlow:
    nodes: tuple[Node, ...]
    """Numbers first, then in the order of the features."""
    edges: tuple[Edge, ...]

    @cached_property
    def onward(self) -> Mapping[Ref, tuple[Edge, ...]]:
        """The edges from each node, in the order of the file."""
        found: dict[Ref, list[Edge]] = {}
        for edge in self.edges:
            found.setdefault(edge.start, []).append(edge)
        return {ref: tuple(edges) for ref, edges in found.items()}

    def rings(self, ref: Ref) -> tuple[str, ...]:
        """The users whose telephones ring first for a call at a node, sorted."""
        return tuple(sorted(self._users(ref, first=True)))

    def behind(self, ref: Ref) -> tuple[str, ...]:
        """The other users who can be reached from there, by a choice or when somebody does not answer; sorted."""
        return tuple(sorted(self._users(ref, first=False) - self._users(ref, first=True)))

    def _users(self, start: Ref, *, first: bool) -> set[str]:
        seen, ahead, users = {start}, [start], set()
        while ahead:
            ref = ahead.pop()
            edges = self.onward.get(ref, ())
            at_once = [edge for edge in edges if edge.first]
            if ref.kind == "user" and not at_once:  # one who always forwards does not ring herself
                users.add(ref.name)
            for edge in at_once if first else edges:
                if edge.target not in seen:
                    seen.add(edge.target)
                    ahead.append(edge.target)
        return users


def of(tenant: Tenant, scope: Scope, say: Callable[[str], str] = str) -> CallFlow:
    """`say` translates nouns, and labels before the file's own words are put into them."""
    edges = tuple(_edges(tenant, scope, say))
    own = {node.ref: node for node in _own(tenant, scope, say)}
    used = {ref for edge in edges for ref in (edge.start, edge.target)}
    others = sorted({ref for ref in used if ref not in own and ref.kind in DESTINATION_KINDS}, key=str)
    nodes = [node for ref, node in own.items() if ref in used or ref in set(scope.extensions.values())]
    return CallFlow((*nodes, *(Node(ref, say(_OUTSIDE.get(ref.kind, ref.kind)), "", "", ()) for ref in others)), edges)


def _own(tenant: Tenant, scope: Scope, say: Callable[[str], str]) -> Iterator[Node]:
    extensions = {ref: extension for extension, ref in reversed(list(scope.extensions.items()))}
    for number, what in tenant.numbers.items():
        yield Node(Ref(NUMBER, number), say("number"), what.title or "", "", ("numbers", number))
    for feature in FEATURES:
        if feature.kind in DESTINATION_KINDS or (feature.kind and feature.flows):
            for name, entry in (getattr(tenant, feature.section) or {}).items():
                ref = Ref(feature.kind, name)
                title = getattr(entry, "title", None) or getattr(entry, "name", None)
                said = title if isinstance(title, str) else ""
                noun = feature.nouns[0] if feature.nouns else feature.kind
                yield Node(ref, say(noun), said, extensions.get(ref, ""), (feature.section, name))
    for user, described in tenant.users.items():
        if described.voicemail:
            yield Node(Ref("voicemail", user), say("mailbox"), "", "", ("users", user, "voicemail"))


def _edges(tenant: Tenant, scope: Scope, say: Callable[[str], str]) -> Iterator[Edge]:
    for path, ref in (*scope.references, *_implied(tenant, scope)):
        section = str(path[0])
        if section in _KINDS and ref.kind in DESTINATION_KINDS and len(path) > 2:
            flow = flow_of(_FEATURES[section].flows, path[2:])
            if flow:
                start = Ref(_KINDS[section] or NUMBER, str(path[1]))
                yield Edge(start, ref, flow.said(path[2:], say), flow.first, path, flow.crowd)


def _implied(tenant: Tenant, scope: Scope) -> Iterable[tuple[Path, Ref]]:
    for feature in FEATURES:
        if feature.implied:
            yield from feature.implied(getattr(tenant, feature.section), scope)
