"""A call as SVG: each node a box, what happened there line by line, the outcome last. Equal calls give equal bytes.

With both sides of a revision they stand beside each other, and what is not the same in the other is marked.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

from provisioner.pipeline.tracing.interpreter import Trail

from . import Both, Shown, outcome

WIDTH, MARGIN, LINE, HEAD, GAP = 700, 24, 18, 28, 22
LONGEST = 76
"""Characters of a line; the whole is its title, which shows where the pointer rests."""

STYLE = """
text{font:12px system-ui,sans-serif;fill:#222}.title{font-size:16px;font-weight:600}.node{font-weight:600}
.place{fill:#777}.box{fill:#f7f7f7;stroke:#bbb}.other{fill:#fdf3d3;stroke:#d0a000}.end{fill:#cdebd0;stroke:#2e8b57}
.way{stroke:#777;stroke-width:1.5}
"""


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    place: str = ""


@dataclass(frozen=True, slots=True)
class _Box:
    """A node with its lines, or the outcome, which has none."""

    title: str
    lines: tuple[_Line, ...]
    kind: str = "box"

    @property
    def words(self) -> tuple[str, ...]:
        return self.title, *(each.text for each in self.lines)

    @property
    def height(self) -> int:
        return HEAD + LINE * len(self.lines) + (6 if self.lines else 0)


def draw(shown: Shown | Both) -> str:
    """The picture of one call, or of both sides; answers of `--all` have none."""
    columns = [(title, list(_boxes(side))) for title, side in _sides(shown)]
    if len(columns) == 2:
        (_, before), (_, now) = columns
        columns = [(columns[0][0], _marked(before, now)), (columns[1][0], _marked(now, before))]
    height = max(sum(box.height + GAP for box in boxes) for _, boxes in columns) + 56
    width = len(columns) * (WIDTH + MARGIN) + MARGIN
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">',
        f"<style>{STYLE}</style>",
        f'<rect width="{width}" height="{height}" fill="#fff"/>',
    ]
    for index, (title, boxes) in enumerate(columns):
        parts += _column(MARGIN + index * (WIDTH + MARGIN), title, boxes)
    return "\n".join([*parts, "</svg>", ""])


def _sides(shown: Shown | Both) -> list[tuple[str, Shown | str]]:
    if isinstance(shown, Both):
        return [(f"Before, in {shown.revision}", shown.before), ("Now", shown.now)]
    call = shown.answer.call
    return [(f"{call.dialled} from {call.caller}, {call.at:%a %Y-%m-%d %H:%M}", shown)]


def _boxes(side: Shown | str) -> Iterator[_Box]:
    if isinstance(side, str):
        yield _Box(side, (), "end")
        return
    assert isinstance(side.answer, Trail)
    title, lines = "", list[_Line]()
    for visited in side.answer.visited:
        if not visited.within:
            if title:
                yield _Box(title, tuple(lines))
            title, lines = str(visited.node), []
        lines += (
            _Line(f"{each.what} ({each.why})" if each.why else each.what, side.place(each)) for each in visited.steps
        )
    yield _Box(title, tuple(lines))
    yield _Box(outcome(side.answer.end), (), "end")


def _marked(boxes: list[_Box], others: list[_Box]) -> list[_Box]:
    """The boxes, those that the other side has not marked. Lines that only moved in the file are the same."""
    there = {each.words for each in others}
    return [each if each.words in there else _Box(each.title, each.lines, "other") for each in boxes]


def _column(left: int, title: str, boxes: list[_Box]) -> Iterator[str]:
    yield _text(left, 32, title, "title")
    top = 48
    for index, box in enumerate(boxes):
        if index:
            middle = left + WIDTH // 2
            yield f'<line class="way" x1="{middle}" y1="{top - GAP}" x2="{middle}" y2="{top}"/>'
        yield f'<rect class="{box.kind}" x="{left}" y="{top}" width="{WIDTH}" height="{box.height}" rx="6"/>'
        yield _text(left + 10, top + 19, box.title, "node")
        for number, line in enumerate(box.lines, start=1):
            yield _text(left + 10, top + 19 + number * LINE, line.text)
            yield _text(left + WIDTH - 10, top + 19 + number * LINE, line.place.rpartition("/")[2], "place", "end")
        top += box.height + GAP


def _text(x: int, y: int, words: str, kind: str = "", anchor: str = "start") -> str:
    short = textwrap.shorten(words, LONGEST, placeholder=" …")
    title = f"<title>{escape(words)}</title>" if short != words else ""
    return f'<text class="{kind}" x="{x}" y="{y}" text-anchor="{anchor}">{title}{escape(short)}</text>'
