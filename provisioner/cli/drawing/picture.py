"""The call flow as SVG, from left to right. Where boxes and lines lie is graphlay's work (docs/decisions/0019)."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from html import escape
from typing import Any

import graphlay

from provisioner.core.refs import Ref

from . import COLORS, OTHER, Arrow, Drawn, arrows, lines_of

BOX, LETTER, SMALL = 44, 8.6, 6.2
"""Height of a box, width of a letter of its first line and of its second, in px."""
LONGEST = 40
MARGIN, TOP = 24, 48
STYLE = (
    "text{font:13px system-ui,sans-serif;fill:#222}.title{font-size:18px;font-weight:600}.name{font-weight:600}"
    ".what{font-size:11px;fill:#555}.label{font-size:11px;fill:#444;paint-order:stroke;stroke:#fff;stroke-width:3px}"
    ".box{stroke:#888}.way{fill:none;stroke:#777;stroke-width:1.3}.first{stroke:#2a6f3c;stroke-width:2}"
    "a:hover .box{stroke:#000}"
)
ARROW = (
    '<defs><marker id="end" viewBox="0 0 8 8" refX="7" refY="4" markerUnits="userSpaceOnUse" markerWidth="9" '
    'markerHeight="9" orient="auto"><path d="M0 0 8 4 0 8z" fill="#666"/></marker></defs>'
)


def draw(drawn: Drawn, link: Callable[[Ref], str] = lambda _: "") -> str:
    """`link` gives the address that a node leads to, or nothing."""
    ways = arrows(drawn.flow)
    boxes = {node.ref: lines_of(node, drawn.flow) for node in drawn.flow.nodes}
    laid = _laid(boxes, ways)
    low, high = laid["bounds"]["min"], laid["bounds"]["max"]
    across, down = MARGIN - low["x"], TOP + MARGIN - low["y"]
    width, height = round(high["x"] + across + MARGIN), round(high["y"] + down + MARGIN)
    heading = f"{drawn.tenant}: {drawn.title}"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'role="img" aria-label="{escape(heading)}">',
        f"<style>{STYLE}</style>",
        ARROW,
        f'<rect width="{width}" height="{height}" fill="#fff"/>',
        f'<text class="title" x="{MARGIN}" y="32">{escape(heading)}</text>',
        f'<g transform="translate({across:.1f} {down:.1f})">',
        *(_line(way, edge) for way, edge in zip(ways, laid["edges"], strict=True)),
        *(_box(ref, lines, place, link(ref)) for (ref, lines), place in zip(boxes.items(), laid["nodes"], strict=True)),
        *(_label(way, edge) for way, edge in zip(ways, laid["edges"], strict=True) if way.label),
    ]
    return "\n".join([*parts, "</g>", "</svg>", ""])


def _laid(boxes: Mapping[Ref, tuple[str, str]], ways: Sequence[Arrow]) -> Mapping[str, Any]:
    graph = graphlay.Graph()
    for ref, lines in boxes.items():
        graph.node(str(ref), width=_width(lines), height=BOX)
    for way in ways:
        size = {"width": max(map(len, _wrapped(way.label))) * SMALL + 6, "height": 13.0 * len(_wrapped(way.label))}
        more = {"label_size": size} if way.label else {}
        graph.edge(str(way.start), str(way.target), weight=2.0 if way.first else 1.0, **more)
    found: Mapping[str, Any] = graphlay.layout(
        graph, options={"direction": "leftright", "labels": {"reservation": "always"}}
    ).raw
    return found


def _width(lines: tuple[str, str]) -> float:
    name, what = lines
    return max(len(name) * LETTER, len(_short(what)) * SMALL) + 24


def _short(text: str) -> str:
    return textwrap.shorten(text, LONGEST, placeholder=" …")


def _wrapped(label: str) -> list[str]:
    return textwrap.wrap(label, 28) or [""]


def _box(ref: Ref, lines: tuple[str, str], place: Mapping[str, Any], link: str) -> str:
    name, what = lines
    x, y = place["center"]["x"], place["center"]["y"]
    width, color = _width(lines), COLORS.get(ref.kind, OTHER)
    drawn = (
        f"<g><title>{escape(f'{ref} {what}')}</title>"
        f'<rect class="box" x="{x - width / 2:.1f}" y="{y - BOX / 2:.1f}" width="{width:.1f}" height="{BOX}" rx="6" '
        f'fill="{color}"/>'
        f'<text class="name" x="{x:.1f}" y="{y - 3:.1f}" text-anchor="middle">{escape(name)}</text>'
        f'<text class="what" x="{x:.1f}" y="{y + 13:.1f}" text-anchor="middle">{escape(_short(what))}</text></g>'
    )
    return f'<a href="{escape(link)}">{drawn}</a>' if link else drawn


def _line(way: Arrow, edge: Mapping[str, Any]) -> str:
    points = " ".join(f"{point['x']:.1f},{point['y']:.1f}" for point in edge["points"])
    kind = "way first" if way.first else "way"
    told = f"{way.start} → {way.target}" + (f": {way.label}" if way.label else "")
    return f'<polyline class="{kind}" points="{points}" marker-end="url(#end)"><title>{escape(told)}</title></polyline>'


def _label(way: Arrow, edge: Mapping[str, Any]) -> str:
    """Where the engine kept room for it."""
    place = edge["label_anchor"]
    return "".join(_label_lines(_wrapped(way.label), place["x"], place["y"]))


def _label_lines(lines: Sequence[str], x: float, y: float) -> Iterator[str]:
    top = y - 13 * (len(lines) - 1) / 2 + 4
    for index, line in enumerate(lines):
        yield f'<text class="label" x="{x:.1f}" y="{top + 13 * index:.1f}" text-anchor="middle">{escape(line)}</text>'
