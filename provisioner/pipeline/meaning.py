"""Meaning: what changed between two versions of a tenant for callers and users.

What is written differently and means the same is no change: short forms, defaults that are said, the order of lists in
which order means nothing, names of things that nobody but the file uses.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from provisioner.core.changes import MISSING, Change
from provisioner.core.feature import Feature
from provisioner.core.refs import Ref
from provisioner.core.source import Path
from provisioner.tenant import FEATURES

from . import describe, moved
from .describe import Sentence
from .renames import Renamed
from .versions import Version

_FEATURES: Mapping[str, Feature[Any]] = {feature.section: feature for feature in FEATURES}

LEFT_BEHIND = "what users set and recorded under the old name does not come along"


def sentences(old: Version, new: Version, renamed: list[Renamed]) -> Iterator[Sentence]:
    """What changed; `old` stands under the new names already."""
    said = moved.moves(new.data)
    for each in renamed:
        comes_along = (Ref(each.kind, each.old), Ref(each.kind, each.new)) in said
        yield _told(each, new, comes_along)
    before, after = _spelled(old.meant), _spelled(new.meant)
    for change in describe.changes(_spelled(old.data), _spelled(new.data)):
        if not _means_the_same(change, before, after):
            yield describe.sentence(change)
    yield from _files(old, new)


def _told(renamed: Renamed, new: Version, comes_along: bool) -> Sentence:
    feature = _FEATURES[renamed.section]
    held = [
        kind.value
        for kind, name in (feature.holds(new.data[renamed.section]) if feature.holds else ())
        if name.rpartition(" ")[2] == renamed.new
    ]
    kind = feature.nouns[0] if feature.nouns else renamed.kind
    text = f"the {kind} {renamed.old} is called {renamed.new} now"
    if comes_along:
        text += f"; {moved.KEPT[renamed.kind]}"
    elif held:
        text += f"; {LEFT_BEHIND}"
    return Sentence("~", f"{renamed.section}.{renamed.new}", text, bool(held) and not comes_along)


def _spelled(document: Mapping[str, Any]) -> dict[str, Any]:
    """The document with one spelling for what can be spelled in several ways."""
    respelled = {
        section: feature.spelled(document[section])
        for section, feature in _FEATURES.items()
        if feature.spelled and section in document
    }
    return {**document, **respelled}


def _means_the_same(change: Change, old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    before, after = _meant(old, change.path), _meant(new, change.path)
    return before is not MISSING and after is not MISSING and before == after


def _meant(document: Mapping[str, Any], path: Path) -> Any:
    """What a place means, its lists sorted where order means nothing; MISSING where the document has no such place."""
    feature = _FEATURES.get(str(path[0]))
    value: Any = document
    for step in path:
        value = value.get(step, MISSING) if isinstance(value, Mapping) else MISSING
    if feature is None or value is MISSING:
        return value
    return _sorted(value, path[1:], feature, document[feature.section])


def _sorted(value: Any, path: Path, feature: Feature[Any], section: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _sorted(each, (*path, key), feature, section) for key, each in value.items()}
    if isinstance(value, list) and any(each.fits(path, section) for each in feature.unordered):
        return sorted(value, key=str)
    return value


def _files(old: Version, new: Version) -> Iterator[Sentence]:
    """Files beside the tenant's that hold something else under the same name."""
    if old.scope is None or new.scope is None:
        return
    for file, audio in new.scope.audio.items():
        if file in old.scope.audio and old.scope.audio[file].sha256 != audio.sha256:
            yield Sentence("~", "prompts", f"callers hear something else in {file}")
    for file, content in new.scope.calendars.items():
        if old.scope.calendars.get(file, content) != content:
            yield Sentence("~", "schedules", f"the calendar file {file} holds other days")
