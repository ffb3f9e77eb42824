"""What may be said to a voice attendant: choices and people, by language. Whatever would mean two things is left out.

An entry's id is what the recogniser answers with and an extension of the attendant's dialplan: `choice-sales`,
`user-anna`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from provisioner.core.feature import Scope
from provisioner.core.languages import best
from provisioner.core.refs import Ref
from provisioner.core.source import Path

from .model import ANY, Choice, VoiceAttendant


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that can be asked for."""

    id: str
    usual: str
    """What it is called when the caller is told."""
    destination: Ref
    path: Path


def entries(name: str, attendant: VoiceAttendant, scope: Scope) -> Iterator[Entry]:
    path = ("voice_attendants", name)
    for key, choice in attendant.choices.items():
        usual = _in(choice, scope.language, scope)[0]
        yield Entry(f"choice-{key}", usual, choice.destination, (*path, "choices", key, "destination"))
    if attendant.people:
        for user, full in scope.listed.items():
            yield Entry(f"user-{user}", full, Ref("user", user), ("users", user))


def languages(attendant: VoiceAttendant, scope: Scope) -> tuple[str, ...]:
    """Those that answers are understood in, the tenant's first."""
    others = {tag for choice in attendant.choices.values() for tag in choice.says if tag != ANY}
    return (scope.language, *sorted(others - {scope.language}))


def texts(attendant: VoiceAttendant, scope: Scope, language: str) -> Mapping[str, tuple[str, ...]]:
    """id → what may be said for it in a language, each text for one id alone."""
    said = {
        f"choice-{key}": tuple(dict.fromkeys(map(plain, _in(choice, language, scope))))
        for key, choice in attendant.choices.items()
    }
    taken = {text for each in said.values() for text in each}
    if attendant.people:
        for user, parts in _people(scope, taken).items():
            said[f"user-{user}"] = parts
    return {key: found for key, each in said.items() if (found := tuple(filter(None, each)))}


def _people(scope: Scope, taken: set[str]) -> Mapping[str, tuple[str, ...]]:
    """Full names, first names and last names, as far as they mean one user only and no choice."""
    ways = {user: _ways(plain(name)) for user, name in scope.listed.items()}
    count = Counter(way for each in ways.values() for way in each)
    return {user: tuple(way for way in each if count[way] == 1 and way not in taken) for user, each in ways.items()}


def _ways(name: str) -> tuple[str, ...]:
    parts = name.split()
    return tuple(dict.fromkeys((name, parts[0], parts[-1]))) if parts else ()


def _in(choice: Choice, language: str, scope: Scope) -> list[str]:
    """The choice's texts in a language, or the tenant's, or any."""
    tags = {tag or scope.language: said for tag, said in choice.says.items()}
    tag = best(tags, language) or best(tags, scope.language) or min(tags)
    return tags[tag]


def plain(text: str) -> str:
    """Letters and digits, in small letters: `Kund-tjänst!` and `kund tjänst` are said alike."""
    return " ".join("".join(each if each.isalnum() else " " for each in text.lower()).split())
