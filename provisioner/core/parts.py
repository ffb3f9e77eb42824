"""How files become objects of a cluster, none of which may hold a MiB: cut, packed, named by content.

Pure. A part holds pieces of files; its name follows from them, so equal bytes are one object however often they are
asked for, and a change makes new ones beside the old. `Layout` tells how to put the files together again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from .errors import PbxError

ROOM = 900_000
"""Bytes in one part. A cluster refuses an object of 1,048,576; names and labels count too."""
LARGEST = 32 * ROOM
"""Bytes of one file. What is larger belongs on a volume: a cluster keeps all its objects in memory."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a file: where it stands in an object, and in which place among the file's pieces."""

    path: str
    key: str
    content: bytes = field(repr=False)


@dataclass(frozen=True)
class Part:
    """What one object holds."""

    pieces: tuple[Piece, ...]

    @property
    def digest(self) -> str:
        """Names the content: 64 hexadecimal digits."""
        total = hashlib.sha256()
        for each in self.pieces:
            total.update(f"{each.path}\0{each.key}\0{hashlib.sha256(each.content).hexdigest()}\n".encode())
        return total.hexdigest()

    @property
    def layout(self) -> list[list[str]]:
        """Path and key of each piece; the pieces of a path stand in order, here and from part to part."""
        return [[each.path, each.key] for each in self.pieces]


def pack(files: Mapping[str, bytes], whose: str) -> tuple[Part, ...]:
    """The parts that hold these files; `whose` is for the error where one is too large."""
    parts: list[list[Piece]] = []
    room = 0
    for path in sorted(files):
        if len(files[path]) > LARGEST:
            raise PbxError(
                f"{whose}: {path} has {len(files[path]):,} bytes, and a cluster takes {LARGEST:,} in one file",
                "make it shorter, or place the tenant on hosts",
            )
        for key, content in _pieces(path, files[path]):
            if not parts or len(content) > room:
                parts.append([])
                room = ROOM
            parts[-1].append(Piece(path, key, content))
            room -= len(content)
    return tuple(Part(tuple(each)) for each in parts)


def _pieces(path: str, content: bytes) -> Iterator[tuple[str, bytes]]:
    name = path.replace("/", "__")
    if len(content) <= ROOM:
        yield name, content
        return
    for index, start in enumerate(range(0, len(content), ROOM)):
        yield f"{name}.{index:03}", content[start : start + ROOM]
