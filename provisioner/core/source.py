"""Where in a file something stands.

A node of a document is named by its path of keys and indexes; a `SourceMap` turns the path into file, line and
column. It stays true because the reader fills it while it parses; nobody guesses positions later.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from .records import record

Path = tuple[str | int, ...]
"""A node of a document: `("users", "anna", "devices", 0)`."""


class Position(NamedTuple):
    """A place in a text; line and column count from 1."""

    line: int
    column: int


@record
class Span:
    """A stretch of one file, `end` exclusive."""

    file: str
    start: Position
    end: Position

    def __str__(self) -> str:
        return f"{self.file}:{self.start.line}:{self.start.column}"


@dataclass(slots=True)
class SourceMap:
    """The spans of every value and every key of one document."""

    file: str
    values: dict[Path, Span] = field(default_factory=dict)
    keys: dict[Path, Span] = field(default_factory=dict)
    texts: Mapping[str, list[str]] = field(default_factory=dict)
    """The lines of each file that the document was read from, for snippets."""

    def span(self, path: Path, *, key: bool = False) -> Span:
        """The span of the node, or of its nearest known parent.

        A missing field has no place of its own, and pydantic adds steps to a path that no file has (the tag of a
        union), so the nearest parent is the honest answer.
        """
        first, second = (self.keys, self.values) if key else (self.values, self.keys)
        for depth in range(len(path), -1, -1):
            found = first.get(path[:depth]) or second.get(path[:depth])
            if found:
                return found
        return Span(self.file, Position(1, 1), Position(1, 2))


def shown(value: object) -> str:
    """A value that was read, in the words of the file: `nothing`, `'text'`, `12`, `a mapping`, `a list`."""
    if value is None:
        return "nothing"
    if isinstance(value, str | int | float):
        return repr(value)
    return (
        "a mapping"
        if isinstance(value, Mapping)
        else "a list"
        if isinstance(value, list)
        else f"a {type(value).__name__}"
    )
