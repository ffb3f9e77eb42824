"""Where the words on a line stand: where the layout engine kept room, where that touches the line, else on the line
itself, clear of boxes and of other words as far as that goes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

Point = tuple[float, float]
Rectangle = tuple[float, float, float, float]
"""Centre, width and height."""

PARTS = (1 / 2, 1 / 3, 2 / 3, 1 / 6, 5 / 6)
"""Of a stretch of line, tried in this order."""
NEAR = 4.0
"""Pixels that words may lie off their line."""


def place(line: Sequence[Point], kept: Point, size: tuple[float, float], taken: Sequence[Rectangle]) -> Point:
    """The centre of the words."""
    tried = [*([kept] if _touches(line, kept, size) else []), *_along(line)]
    free = (each for each in tried if not any(_overlap((*each, *size), other) for other in taken))
    return next(free, tried[0])


def _along(line: Sequence[Point]) -> Iterator[Point]:
    """Points on the line, on its longest stretches first."""
    stretches = sorted(pairwise(line), key=lambda ends: -_length(*ends))
    for part in PARTS:
        for (x, y), (right, down) in stretches:
            yield x + (right - x) * part, y + (down - y) * part


def _touches(line: Sequence[Point], centre: Point, size: tuple[float, float]) -> bool:
    """Whether words at the centre lie on the line or beside it; the line runs straight across or down."""
    width, height = size[0] + 2 * NEAR, size[1] + 2 * NEAR
    return any(
        _overlap(
            (*centre, width, height),
            ((x + right) / 2, (y + down) / 2, abs(right - x) + 1, abs(down - y) + 1),
        )
        for (x, y), (right, down) in pairwise(line)
    )


def _length(one: Point, other: Point) -> float:
    return abs(one[0] - other[0]) + abs(one[1] - other[1])


def _overlap(one: Rectangle, other: Rectangle) -> bool:
    return abs(one[0] - other[0]) * 2 < one[2] + other[2] and abs(one[1] - other[1]) * 2 < one[3] + other[3]
