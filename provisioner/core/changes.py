"""Changes between two versions of a tenant document, in words.

A `Change` is one difference at a path; a room's `Wording` says what it means for callers and users. Numbers that lose
their destination and other losses are dangerous and are shown first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .source import Path

MISSING: Any = object()
"""Stands for a value that one side does not have."""


@dataclass(frozen=True, slots=True)
class Change:
    """One difference: `old` or `new` is MISSING where the node was added or removed."""

    path: Path
    old: Any
    new: Any

    @property
    def added(self) -> bool:
        return self.old is MISSING

    @property
    def removed(self) -> bool:
        return self.new is MISSING


@dataclass(frozen=True, slots=True)
class Wording:
    """What a change at a path means.

    `path` is relative to the section, `*` stands for any one step. The texts may use `{name}` (the entry), `{key}` (the
    last step), `{old}` and `{new}`.
    """

    path: tuple[str, ...]
    changed: str = ""
    added: str = ""
    removed: str = ""
    dangerous: bool = False
    """Whether a removal takes something away from callers or users that does not come back by itself."""

    def fits(self, path: Path) -> bool:
        return len(path) == len(self.path) and all(
            mine in ("*", str(step)) for mine, step in zip(self.path, path, strict=True)
        )


@dataclass(frozen=True, slots=True)
class Unordered:
    """A list whose order means nothing to anybody: where it stands in the section, `*` for any one step.

    Where `field` is given, only in entries whose field is one of `values`.
    """

    path: tuple[str, ...]
    field: str = ""
    values: frozenset[str] = frozenset()

    def fits(self, path: Path, section: Any) -> bool:
        if len(path) != len(self.path) or any(
            mine not in ("*", str(step)) for mine, step in zip(self.path, path, strict=True)
        ):
            return False
        return not self.field or str(section[path[0]].get(self.field)) in self.values


def diff(old: Any, new: Any, path: Path = ()) -> Iterator[Change]:
    """Differences of two plain documents; mappings by key, lists as a whole.

    A list is one value because its order means something to callers (who rings first); an entry that was added or
    removed is one change and not one for each of its fields.
    """
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in [*old, *(each for each in new if each not in old)]:
            yield from diff(old.get(key, MISSING), new.get(key, MISSING), (*path, key))
    elif old != new:
        yield Change(path, old, new)
