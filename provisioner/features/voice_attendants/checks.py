"""Findings of voice attendants alone."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.core.feature import Scope
from provisioner.core.findings import Finding, Rule, Severity
from provisioner.core.source import Path

from .model import VoiceAttendant
from .vocabulary import plain

E101 = Rule(
    code="E101",
    title="Voice attendant that understands nothing",
    why="It asks a question to which no answer leads anywhere; every caller ends at `otherwise`.",
    remedy="Name `choices`, or let `people` be asked for and list users.",
    bad="front: {prompt: who, people: no, otherwise: user:anna}",
    good="front: {prompt: who, choices: {sales: {says: [sales], destination: queue:sales}}, otherwise: user:anna}",
    source="R9",
)
E102 = Rule(
    code="E102",
    title="One answer that means two things",
    why="Nobody could say where a caller who says it wants to go.",
    remedy="Keep the text at one of the choices; give the other a text of its own.",
    bad="sales: {says: [orders], …}\nsupport: {says: [help, orders], …}",
    good="sales: {says: [orders], …}\nsupport: {says: [help], …}",
    source="R9",
)
E103 = Rule(
    code="E103",
    title="Answer that cannot be said",
    why="It holds no letter and no digit, so no caller can pronounce it.",
    remedy="Write what callers say.",
    bad='says: ["!"]',
    good="says: [sales]",
    source="R9",
)
E104 = Rule(
    code="E104",
    title="People whom nobody can ask for by name",
    why="Their names are said alike, so a caller who says one of them cannot be connected.",
    remedy="Give one of them a choice with a text of its own, or set `listed: no` for one of them.",
    bad="anna: {name: Anna Berg}\nanna-b: {name: Anna Berg}",
    good="anna: {name: Anna Berg}\nanna-b: {name: Anna Berg-Ek}",
    severity=Severity.WARNING,
    source="R9",
)
RULES = (E101, E102, E103, E104)


def check(attendants: dict[str, VoiceAttendant], scope: Scope) -> Iterator[Finding]:
    for name, attendant in attendants.items():
        path: Path = ("voice_attendants", name)
        if not attendant.choices and not (attendant.people and scope.listed):
            found = f"there is nothing that a caller could say to {name}"
            yield E101.at(path, found, expected="choices, or people that are listed", on_key=True)
        yield from _texts(attendant, scope, (*path, "choices"))
    if any(each.people for each in attendants.values()):
        yield from _namesakes(scope)


def _texts(attendant: VoiceAttendant, scope: Scope, path: Path) -> Iterator[Finding]:
    owners: dict[tuple[str, str], str] = {}
    for key, choice in attendant.choices.items():
        for tag, said in choice.says.items():
            for index, text in enumerate(said):
                where, heard = (*path, key, "says", tag, index), plain(text)
                if not heard:
                    yield E103.at(where, f"{text!r} cannot be said", expected="words")
                elif (owner := owners.setdefault((tag or scope.language, heard), key)) != key:
                    yield E102.at(where, f"{text!r} is an answer for {owner} already", expected="a text of its own")


def _namesakes(scope: Scope) -> Iterator[Finding]:
    first: dict[str, str] = {}
    for user, name in scope.listed.items():
        if (other := first.setdefault(plain(name), user)) != user:
            found = f"{user} and {other} are both called {name!r}"
            yield E104.at(("users", user, "name"), found, expected="names that differ, or `listed: no`")
