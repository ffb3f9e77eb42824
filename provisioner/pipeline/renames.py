"""Renames: an entry that goes and one that comes are the same thing where they say the same under two names.

References to the old name count as references to the new one, so that what is left are real changes.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from provisioner.core.feature import Feature
from provisioner.core.refs import Ref, walk
from provisioner.core.source import Path
from provisioner.tenant import FEATURES, Tenant

from .versions import Version

ALIKE = 0.6
"""Share of what two entries say that must be the same."""


@dataclass(frozen=True, slots=True)
class Renamed:
    """A thing of the tenant's under two names."""

    section: str
    kind: str
    old: str
    new: str


def resolve(
    old: Version, new: Version, understood: Callable[[str, Mapping[str, Any]], Version]
) -> tuple[Version, list[Renamed]]:
    """The old side under the new names, and what was renamed.

    A thing may be known again only once another that it names is, so this is asked until nothing more is found.
    """
    renamed: list[Renamed] = []
    while found := find(old, new):
        renamed += found
        old = understood(old.slug, under_new_names(old, found))
    return old, renamed


def find(old: Version, new: Version) -> list[Renamed]:
    """In the order of the features; each name is in one pair at most, the most alike first."""
    return [each for feature in FEATURES if feature.kind for each in _of_section(feature, old, new)]


def under_new_names(old: Version, renamed: list[Renamed]) -> dict[str, Any]:
    """The old document with the new names, in definitions and references."""
    return written(old.data, old.tenant, renamed)


def written(data: Mapping[str, Any], tenant: Tenant | None, renamed: Iterable[Renamed]) -> dict[str, Any]:
    """A document with the new names; references only as far as it is understood (`tenant`)."""
    renamed = list(renamed)
    document = copy.deepcopy(dict(data))
    names = _references(renamed)
    for node, ref in walk(tenant) if tenant else ():
        if ref in names:
            _set(document, node, ref, names[ref])
    for each in renamed:
        section = document[each.section]
        document[each.section] = {each.new if key == each.old else key: value for key, value in section.items()}
        for path in tuple(keys(document, Ref(each.kind, each.old))):
            holder: Any = document
            for step in path[:-1]:
                holder = holder[step]
            fresh = {each.new if key == each.old else key: value for key, value in holder.items()}
            holder.clear()
            holder.update(fresh)
    return document


def keys(document: Mapping[str, Any], ref: Ref) -> Iterator[Path]:
    """Keys beside its own that are the name of a thing: a user's limits, her own rules for an activity."""
    for feature in FEATURES:
        for steps, kind in feature.keyed.items():
            if kind == ref.kind:
                yield from _keys(document.get(feature.section), (feature.section,), steps, ref.name)


def _keys(here: Any, path: Path, steps: tuple[str, ...], name: str) -> Iterator[Path]:
    if not isinstance(here, Mapping):
        return
    if not steps:
        if name in here:
            yield (*path, name)
        return
    for step in here if steps[0] == "*" else steps[:1]:
        yield from _keys(here.get(step), (*path, step), steps[1:], name)


def alike(one: Any, other: Any) -> float:
    """How much of two documents is the same, 0 to 1."""
    first, second = set(_leaves(one)), set(_leaves(other))
    return 2 * len(first & second) / (len(first) + len(second)) if first or second else 1.0


def _of_section(feature: Feature[Any], old: Version, new: Version) -> Iterator[Renamed]:
    before, after = old.said.get(feature.section) or {}, new.said.get(feature.section) or {}
    gone = [name for name in before if name not in after]
    come = [name for name in after if name not in before]
    scored = sorted(
        (-score, one, other)
        for one in gone
        for other in come
        if (score := _score(feature, before[one], after[other], one, other)) >= ALIKE
    )
    taken: set[tuple[bool, str]] = set()
    for _, one, other in scored:
        if (False, one) not in taken and (True, other) not in taken:
            taken |= {(False, one), (True, other)}
            yield Renamed(feature.section, feature.kind, one, other)


def _score(feature: Feature[Any], one: Any, other: Any, old: str, new: str) -> float:
    if feature.same and not any(one.get(field) and one.get(field) == other.get(field) for field in feature.same):
        return 0.0
    return alike(_without(one, _names_of(feature, old)), _without(other, _names_of(feature, new)))


def _names_of(feature: Feature[Any], name: str) -> frozenset[str]:
    """How other fields of the entry refer to it."""
    return frozenset(str(Ref(kind, name)) for kind in (feature.kind, *feature.defines_too))


def _without(value: Any, names: frozenset[str]) -> Any:
    """The value without references to itself."""
    if isinstance(value, Mapping):
        return {key: _without(each, names) for key, each in value.items()}
    if isinstance(value, list):
        return [_without(each, names) for each in value]
    return "" if value in names else value


def _leaves(value: Any, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """What is said; the place within a list does not count."""
    if isinstance(value, Mapping):
        for key, each in value.items():
            yield from _leaves(each, (*path, key))
    elif isinstance(value, list):
        for each in value:
            yield from _leaves(each, (*path, "*"))
    elif value is not None:
        yield path, str(value)


def _references(renamed: list[Renamed]) -> dict[Ref, Ref]:
    """Old reference → new one; a user's name names her mailbox too."""
    kinds = {feature.section: (feature.kind, *feature.defines_too) for feature in FEATURES}
    return {Ref(kind, each.old): Ref(kind, each.new) for each in renamed for kind in kinds[each.section]}


def place(document: Any, path: Path, ref: Ref) -> Path | None:
    """Where the file writes a reference, which is higher up where it uses a short form; None where it writes none."""
    here = document
    for depth, step in enumerate(path):
        if isinstance(here, str):
            path = path[:depth]
            break
        try:
            here = here[step]
        except (KeyError, IndexError, TypeError):
            return None
    return path if path and isinstance(here, str) and here in (str(ref), ref.name) else None


def _set(document: Any, path: Path, old: Ref, new: Ref) -> None:
    written = place(document, path, old)
    if written is None:
        return
    holder = document
    for step in written[:-1]:
        holder = holder[step]
    holder[written[-1]] = str(new) if holder[written[-1]] == str(old) else new.name
