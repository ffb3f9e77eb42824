"""Findings of moves: each leads from a name that is free to one that exists, once, and nothing meets on its way."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.core.feature import Scope
from provisioner.core.findings import Finding, Rule, nearest
from provisioner.core.refs import Ref

from .model import TENANT, Move

M201 = Rule(
    code="M201",
    title="Move from a name that something has",
    why="The next apply would take mailbox and settings away from what has the name now.",
    remedy="Remove the move once it is applied everywhere, or give the new thing another name.",
    bad="users: {anna: {…}, anna-b: {…}}\nmoved: [{from: user:anna, to: user:anna-b}]",
    good="users: {anna-b: {…}}\nmoved: [{from: user:anna, to: user:anna-b}]",
    source="decision 0024",
)
M202 = Rule(
    code="M202",
    title="Move to a name that nothing has",
    why="What users live with would lie under a name that no call asks for.",
    remedy="Name what exists; `pbx mv` writes both.",
    bad="users: {anna-b: {…}}\nmoved: [{from: user:anna, to: user:anna-berg}]",
    good="users: {anna-b: {…}}\nmoved: [{from: user:anna, to: user:anna-b}]",
    source="decision 0024",
)
M203 = Rule(
    code="M203",
    title="Two moves that meet",
    why="The messages of two mailboxes would become those of one, or one would have to be in two places.",
    remedy="Keep one of them.",
    bad="moved: [{from: user:anna, to: user:eva}, {from: user:bo, to: user:eva}]",
    good="moved: [{from: user:anna, to: user:eva}]",
    source="decision 0024",
)
M204 = Rule(
    code="M204",
    title="Move to another kind",
    why="What a user lives with has no place in a queue.",
    remedy="Move within one kind.",
    bad="moved: [{from: user:anna, to: queue:anna}]",
    good="moved: [{from: user:anna, to: user:anna-b}]",
    source="decision 0024",
)
RULES = (M201, M202, M203, M204)


def check(moves: list[Move], scope: Scope) -> Iterator[Finding]:
    sources: dict[Ref, int] = {}
    targets: dict[Ref, int] = {}
    for index, move in enumerate(moves):
        path = ("moved", index)
        if move.old.kind != move.new.kind:
            expected = f"{move.old.kind}: and a name"
            yield M204.at((*path, "to"), f"{move.to} is no {move.old.kind}", expected=expected)
            continue
        for field, ref, known in (("from", move.old, sources), ("to", move.new, targets)):
            if (other := known.setdefault(ref, index)) != index:
                found = f"the move {other + 1} is {field} {ref} too"
                yield M203.at((*path, field), found, expected=f"one move {field} {ref}")
        if _exists(move.old, scope):
            yield M201.at((*path, "from"), f"{move.old} exists", expected="a name that nothing has any more")
        onward = any(each.old == move.new for each in moves[index + 1 :])
        if not onward and not _exists(move.new, scope):
            known_names = _names(move.new.kind, scope)
            near = nearest(move.new.name, known_names)
            listed = ", ".join(sorted(known_names)[:12])
            yield M202.at(
                (*path, "to"),
                f"{move.new} is defined nowhere in this tenant",
                expected=f"one of {listed}" if listed else f"a {move.new.kind} of that name",
                nearest=f"{move.new.kind}:{near}" if near else "",
            )


def _names(kind: str, scope: Scope) -> frozenset[str]:
    return frozenset({scope.slug}) if kind == TENANT else scope.names.get(kind, frozenset())


def _exists(ref: Ref, scope: Scope) -> bool:
    return ref.name in _names(ref.kind, scope)
