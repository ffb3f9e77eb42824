"""The call flow as trees for the terminal, one for each number; a thing is opened out once, as high up as it is met."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from rich.text import Text
from rich.tree import Tree

from provisioner.core.refs import Ref
from provisioner.pipeline.callflow import Node

from . import Drawn, arrows, lines_of, roots

GUIDES = "grey50"


def trees(drawn: Drawn) -> Iterator[Tree]:
    nodes = {node.ref: node for node in drawn.flow.nodes}
    ways: dict[Ref, list[tuple[str, Ref]]] = {}
    for way in arrows(drawn.flow):
        ways.setdefault(way.start, []).append((way.label, way.target))
    opened: set[Ref] = set()
    for root in roots(drawn.flow):
        tree = Tree(_said(drawn, nodes[root], "", elsewhere=root in opened), guide_style=GUIDES)
        if root not in opened:
            opened.add(root)
            _grow(drawn, tree, root, ways, opened)
        yield tree


def _grow(drawn: Drawn, tree: Tree, start: Ref, ways: dict[Ref, list[tuple[str, Ref]]], opened: set[Ref]) -> None:
    """Level by level and without recursion: a chain of menus may be longer than Python nests calls."""
    nodes = {node.ref: node for node in drawn.flow.nodes}
    ahead = deque([(tree, start)])
    while ahead:
        branch, ref = ahead.popleft()
        for label, target in ways.get(ref, ()):
            elsewhere = target in opened
            grown = branch.add(_said(drawn, nodes[target], label, elsewhere=elsewhere and target in ways))
            if not elsewhere:
                opened.add(target)
                ahead.append((grown, target))


def _said(drawn: Drawn, node: Node, label: str, *, elsewhere: bool) -> Text:
    name, what = lines_of(node, drawn.flow)
    text = Text()
    if label:
        text.append(f"{label}: ", "italic")
    text.append(name, "bold").append(f"  {what}", "dim")
    if elsewhere:
        text.append("  (opened elsewhere)", "dim")
    return text
