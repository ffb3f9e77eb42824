"""The call flow as SVG, from top to bottom. Where boxes and lines lie is graphlay's work (docs/decisions/0019)."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from html import escape
from typing import Any

import graphlay

from provisioner.core.refs import Ref

from . import COLORS, OTHER, Arrow, Drawn, arrows
from .labels import Rectangle, place

BOX, LETTER, SMALL, LINE = 44, 8.6, 6.2, 13
"""Height of a box, width of a letter of its first line and of its second, height of a line of words; in px."""
LONGEST = 40
MARGIN, TOP = 24, 48
OPTIONS = {
    "direction": "topbottom",
    "labels": {"reservation": "always"},
    "spacing": {"layer_gap": 40.0, "node_gap": 30.0},
}
"""What is as the engine does it stands not here."""
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


def draw(drawn: Drawn, link: Callable[[Ref], str] | None = None, style: str = STYLE) -> str:
    """`link` gives the address that a node leads to, or nothing; without a `style` the page around it has one,
    and what is natural to the picture in `--width`."""
    ways = arrows(drawn.flow)
    boxes = {node.ref: drawn.lines_of(node) for node in drawn.flow.nodes}
    laid = _laid(boxes, ways)
    low, high = laid["bounds"]["min"], laid["bounds"]["max"]
    across, down = MARGIN - low["x"], (TOP if style else 0) + MARGIN - low["y"]
    width, height = round(high["x"] + across + MARGIN), round(high["y"] + down + MARGIN)
    heading = f"{drawn.tenant}: {drawn.title}"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'role="{"group" if link else "img"}" aria-label="{escape(heading)}"'
        + (">" if style else f' style="--width:{width}px">'),
        *([f"<style>{style}</style>"] if style else []),
        ARROW,
        *(_paper(width, height, heading) if style else []),
        f'<g transform="translate({across:.1f} {down:.1f})">',
        *(_line(way, edge) for way, edge in zip(ways, laid["edges"], strict=True)),
        *(
            _box(ref, lines, node, link(ref) if link else "")
            for (ref, lines), node in zip(boxes.items(), laid["nodes"], strict=True)
        ),
        *_labels(ways, boxes, laid),
    ]
    return "\n".join([*parts, "</g>", "</svg>", ""])


def _paper(width: int, height: int, heading: str) -> Iterator[str]:
    yield f'<rect width="{width}" height="{height}" fill="#fff"/>'
    yield f'<text class="title" x="{MARGIN}" y="32">{escape(heading)}</text>'


def _laid(boxes: Mapping[Ref, tuple[str, str]], ways: Sequence[Arrow]) -> Mapping[str, Any]:
    graph = graphlay.Graph()
    for ref, lines in boxes.items():
        graph.node(str(ref), width=_width(lines), height=BOX)
    for way in ways:
        width, height = _size(way.label)
        more = {"label_size": {"width": width, "height": height}} if way.label else {}
        graph.edge(str(way.start), str(way.target), weight=2.0 if way.first else 1.0, **more)
    found: Mapping[str, Any] = graphlay.layout(graph, options=OPTIONS).raw
    return found


def _width(lines: tuple[str, str]) -> float:
    name, what = lines
    return max(len(name) * LETTER, len(_short(what)) * SMALL) + 24


def _short(text: str) -> str:
    return textwrap.shorten(text, LONGEST, placeholder=" …")


def _wrapped(label: str) -> list[str]:
    return textwrap.wrap(label, 28) or [""]


def _box(ref: Ref, lines: tuple[str, str], laid: Mapping[str, Any], link: str) -> str:
    name, what = lines
    x, y = laid["center"]["x"], laid["center"]["y"]
    width, color = _width(lines), COLORS.get(ref.kind, OTHER)
    drawn = (
        f"<g><title>{escape(f'{ref} {what}')}</title>"
        f'<rect class="box" data-kind="{ref.kind}" '
        f'x="{x - width / 2:.1f}" y="{y - BOX / 2:.1f}" width="{width:.1f}" height="{BOX}" rx="6" '
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


def _labels(ways: Sequence[Arrow], boxes: Mapping[Ref, tuple[str, str]], laid: Mapping[str, Any]) -> Iterator[str]:
    """Words of lines, each clear of the boxes and of the words before it as far as that goes."""
    taken: list[Rectangle] = [
        (node["center"]["x"], node["center"]["y"], _width(lines), BOX)
        for lines, node in zip(boxes.values(), laid["nodes"], strict=True)
    ]
    for way, edge in zip(ways, laid["edges"], strict=True):
        if way.label:
            line = [(point["x"], point["y"]) for point in edge["points"]]
            kept, size = edge["label_anchor"], _size(way.label)
            x, y = place(line, (kept["x"], kept["y"]), size, taken)
            taken.append((x, y, *size))
            yield "".join(_label(_wrapped(way.label), x, y))


def _size(label: str) -> tuple[float, float]:
    lines = _wrapped(label)
    return max(map(len, lines)) * SMALL + 6, float(LINE * len(lines))


def _label(lines: Sequence[str], x: float, y: float) -> Iterator[str]:
    top = y - LINE * (len(lines) - 1) / 2 + 4
    for index, line in enumerate(lines):
        yield f'<text class="label" x="{x:.1f}" y="{top + LINE * index:.1f}" text-anchor="middle">{escape(line)}</text>'
