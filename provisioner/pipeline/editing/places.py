"""Places: from a position in a text to the node that stands there, and the outline of a file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from provisioner.core.source import Path, Position, SourceMap, Span


@dataclass(frozen=True, slots=True)
class Node:
    """A key or a value that stands at a position."""

    path: Path
    span: Span
    is_key: bool
    text: str
    """What is written there, without quotes; empty where it goes over several lines."""


def node_at(source: SourceMap, file: str, position: Position) -> Node | None:
    """The innermost key or value at a position of one file."""
    best: tuple[int, bool, Path, Span] | None = None
    for spans, is_key in ((source.values, False), (source.keys, True)):
        for path, span in spans.items():
            if span.start <= position <= span.end and span.file == file:
                depth = len(path)
                if best is None or (depth, is_key) > best[:2]:
                    best = depth, is_key, path, span
    if best is None:
        return None
    _, is_key, path, span = best
    return Node(path, span, is_key, written(source, span))


def written(source: SourceMap, span: Span) -> str:
    """The text of a scalar on one line, without quotes; empty for anything else."""
    lines = source.texts.get(span.file, [])
    if span.start.line != span.end.line or span.start.line > len(lines):
        return ""
    text = lines[span.start.line - 1][span.start.column - 1 : span.end.column - 1].strip(" \"'")
    return "" if text in ("{", "[") else text  # where a mapping or a list begins


@dataclass(slots=True)
class Symbol:
    """A section or an entry of it."""

    name: str
    path: Path
    key: Span
    end: Position
    """Where the last thing below it ends."""
    detail: str = ""
    children: list[Symbol] = field(default_factory=list)


def outline(source: SourceMap, file: str) -> list[Symbol]:
    """The sections of one file and their entries, in the order of the file."""
    found = {path: Symbol(str(path[-1]), path, span, span.end) for path, span in _heads(source, file)}
    for spans in (source.values, source.keys):
        for path, span in spans.items():
            for depth in (1, 2):
                symbol = found.get(path[:depth])
                if symbol and len(path) >= depth and span.end > symbol.end:
                    symbol.end = span.end
    for path, symbol in found.items():
        symbol.detail = titled(source, path)
        if len(path) == 2 and path[:1] in found:
            found[path[:1]].children.append(symbol)
    return [symbol for path, symbol in found.items() if len(path) == 1]


def titled(source: SourceMap, path: Path) -> str:
    """What people call an entry: its `title` or `name`, else empty."""
    for key in ("title", "name"):
        if (span := source.values.get((*path, key))) and (text := written(source, span)):
            return text
    return ""


def _heads(source: SourceMap, file: str) -> Iterator[tuple[Path, Span]]:
    for path, span in source.keys.items():
        if len(path) <= 2 and span.file == file:
            yield path, span
