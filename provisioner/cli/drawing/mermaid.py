"""The call flow as Mermaid, which many wikis and code hosts draw."""

from __future__ import annotations

from collections.abc import Iterator

from . import COLORS, Drawn, arrows, lines_of


def lines(drawn: Drawn) -> Iterator[str]:
    yield "flowchart TB"
    ids = {node.ref: f"n{index}" for index, node in enumerate(drawn.flow.nodes)}
    for node in drawn.flow.nodes:
        name, what = lines_of(node, drawn.flow)
        kind = f":::{node.ref.kind}" if node.ref.kind in COLORS else ""
        yield f'  {ids[node.ref]}["{_quoted(name)}<br/>{_quoted(what)}"]{kind}'
    for way in arrows(drawn.flow):
        line = "==>" if way.first else "-->"
        label = f'|"{_quoted(way.label)}"|' if way.label else ""
        yield f"  {ids[way.start]} {line}{label} {ids[way.target]}"
    for kind in dict.fromkeys(node.ref.kind for node in drawn.flow.nodes):
        if kind in COLORS:
            yield f"  classDef {kind} fill:{COLORS[kind]},stroke:#888,color:#222"


def _quoted(text: str) -> str:
    """Mermaid's own entities: quotes and angle brackets would end the text, a hash begins an entity."""
    return text.replace("#", "#35;").replace('"', "#quot;").replace("<", "#lt;").replace(">", "#gt;")
