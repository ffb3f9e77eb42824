"""Describe: what changed in a tenant, in sentences, the dangerous ones first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from provisioner.core.changes import MISSING, Change, Wording, diff
from provisioner.tenant import FEATURES


@dataclass(frozen=True, slots=True)
class Sentence:
    """One change as people say it."""

    sign: str
    """`+` added, `-` removed, `~` changed."""
    place: str
    """The node in the tenant file: `queues.nurse.timeout`."""
    text: str
    dangerous: bool = False


def describe(old: Mapping[str, Any] | None, new: Mapping[str, Any] | None) -> list[Sentence]:
    """What changed from `old` to `new` (documents as written), danger first, else in the order of the file.

    A side that is None is a tenant that is not there: that is one sentence with what it holds.
    """
    if old is None or new is None:
        return list(whole(old, new))
    sentences = [sentence(change) for change in changes(old, new)]
    return sorted(sentences, key=lambda each: not each.dangerous)


def whole(old: Mapping[str, Any] | None, new: Mapping[str, Any] | None) -> Iterator[Sentence]:
    """The one sentence on a tenant that comes or goes."""
    if new is not None:
        yield Sentence("+", "", f"{new.get('name', '?')} is a new tenant: {_holdings(new)}")
    elif old is not None:
        lost = f"{old.get('name', '?')} is taken away: {_holdings(old)}; its callers hear that the number is unknown"
        yield Sentence("-", "", lost, dangerous=True)


def _holdings(document: Mapping[str, Any]) -> str:
    """`4 numbers, 1 user, …`: how many entries each section has, settings left out."""
    counted = ((f.nouns, len(document.get(f.section) or ())) for f in FEATURES if f.nouns)
    return ", ".join(f"{count} {nouns[count > 1]}" for nouns, count in counted if count) or "empty"


def changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Change]:
    """Differences; a whole section that appears or goes is told entry by entry, settings that a room words as a whole
    in one."""
    told = [each for each in FEATURES if each.told]
    sections = {each.section for each in told if each.nouns or not any(one.fits(()) for one in each.wordings)}
    untold = {each.section for each in FEATURES if not each.told}

    def side(document: Mapping[str, Any]) -> dict[str, Any]:
        return {key: value or {} if key in sections else value for key, value in document.items() if key not in untold}

    left, right = side(old), side(new)
    for section in sections:
        left.setdefault(section, {})
        right.setdefault(section, {})
    return list(diff(left, right))


def sentence(change: Change) -> Sentence:
    """A change as its room words it, or plainly."""
    sign = "+" if change.added else "-" if change.removed else "~"
    place = ".".join(map(str, change.path))
    wording = _wording(change)
    template = {"+": wording.added, "-": wording.removed, "~": wording.changed}[sign] or _PLAIN[sign]
    text = template.format_map(
        {
            "name": change.path[1] if len(change.path) > 1 else change.path[0],
            "key": change.path[-1],
            "section": change.path[0],
            "old": shown(change.old),
            "new": shown(change.new),
        }
    )
    return Sentence(sign, place, text, wording.dangerous and change.removed)


_PLAIN = {"+": "{key} is set to {new}", "-": "{key} is no longer set (was {old})", "~": "{key} changes: {old} → {new}"}


def _wording(change: Change) -> Wording:
    section, *rest = change.path
    for feature in FEATURES:
        if feature.section == section:
            for wording in feature.wordings:
                if wording.fits(tuple(rest)):
                    return wording
    return Wording(())


def shown(value: Any) -> str:
    """A value as people read it, on one line and not too long."""
    if value is MISSING or value is None:
        return "nothing"
    if value == {}:  # `recording: {}` records
        return "as usual"
    if isinstance(value, Mapping):
        text = ", ".join(f"{key}: {shown(each)}" for key, each in value.items())
    elif isinstance(value, list):
        text = ", ".join(shown(each) for each in value)
    else:
        text = f"“{value}”" if " " in str(value) else str(value)
    return (text if len(text) <= 160 else text[:157] + "…") or "nothing"
