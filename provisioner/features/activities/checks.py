"""Findings of activities alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from provisioner.core.feature import Scope
from provisioner.core.findings import Finding, Rule, Severity, nearest
from provisioner.core.languages import best
from provisioner.core.source import Path

from .model import Fields, Known, known
from .usual import USUAL

A101 = Rule(
    code="A101",
    title="Number of an activity twice",
    why="Who dials it is in one of the two, and nobody can be in the other by phone.",
    remedy="Give one of them another number.",
    bad="activities: {fika: {number: 3, said: …}}   # lunch has 3",
    good="activities: {fika: {number: 20, said: …}}",
    source="A1",
)
A102 = Rule(
    code="A102",
    title="Activity without words",
    why="Callers would be sent on without being told why nobody answers.",
    remedy="Write `said` or `prompt`; or `rings: yes` where telephones ring all the same.",
    bad="activities: {fika: {number: 20}}",
    good="activities: {fika: {number: 20, said: {sv: Den du söker fikar., en: She is having coffee.}}}",
    source="A3",
)
A103 = Rule(
    code="A103",
    title="Text missing in a language",
    why="Somebody hears it in a language that is not hers.",
    remedy="Add the text in the language that is named.",
    bad="fika: {said: {sv: Den du söker fikar.}}   # a number answers in English",
    good="fika: {said: {sv: Den du söker fikar., en: The person you are calling is having coffee.}}",
    severity=Severity.WARNING,
    source="A3",
)
A104 = Rule(
    code="A104",
    title="Available that is not available",
    why="It is what users are in who have set nothing: their calls would never ring.",
    remedy="Change its `title` or `number` alone; for all else make an activity of its own.",
    bad="activities: {available: {destination: user:bo}}",
    good="activities: {available: {title: {sv: Inne, en: In}}}",
    source="A2",
)
A105 = Rule(
    code="A105",
    title="Activity turned off that is not there",
    why="The usual one that was meant stays.",
    remedy="Use the name of a usual activity; one of your own is simply left out.",
    bad="activities: {travel: off}",
    good="activities: {travelling: off}",
    source="A1",
)
A106 = Rule(
    code="A106",
    title="Two things for one moment of a call",
    why="Only one of them can happen, and nobody could say which.",
    remedy="Write either `said` or `prompt`, and `destination` only where telephones do not ring.",
    bad="lunch: {rings: yes, destination: user:bo}",
    good="lunch: {destination: user:bo}",
    source="A3",
)
A107 = Rule(
    code="A107",
    title="Activity that cannot be set by phone",
    why="Whoever has no screen cannot be in it.",
    remedy="Give it a `number` that no other activity has.",
    bad="activities: {fika: {said: …}}",
    good="activities: {fika: {number: 20, said: …}}",
    severity=Severity.WARNING,
    source="A2",
)
RULES = (A101, A102, A103, A104, A105, A106, A107)


def check(section: Mapping[str, Fields] | None, scope: Scope) -> Iterator[Finding]:
    if section is None:
        return
    every = known(section)
    yield from _numbers(every, section)
    for name, fields in section.items():
        path: Path = ("activities", name)
        if name == "available" and (fields.off or fields.destination or fields.rings is False):
            yield A104.at(path, "available would not ring", expected="title or number alone", on_key=True)
        if fields.off:
            if name not in USUAL:
                expected = "one of " + ", ".join(USUAL)
                found = f"{name!r} is no usual activity"
                yield A105.at(path, found, expected=expected, nearest=nearest(name, USUAL), on_key=True)
            continue
        yield from _said(name, fields, every[name], scope)


def _numbers(every: Mapping[str, Known], section: Mapping[str, Fields]) -> Iterator[Finding]:
    taken: dict[int, str] = {}
    # What the file says itself is reported, and not the usual number that was there before it.
    for name in sorted(every, key=lambda each: bool(each in section and section[each].number is not None)):
        number = every[name].number
        if number is None:
            yield A107.at(("activities", name), f"{name} has no number", expected="number: 20", on_key=True)
        elif (other := taken.setdefault(number, name)) != name:
            free = next(each for each in range(100) if each not in {one.number for one in every.values()})
            where = ("activities", name, "number") if name in section else ("activities",)
            yield A101.at(where, f"{number} is the number of {other}", expected=f"another, such as {free}")


def _said(name: str, fields: Fields, activity: Known, scope: Scope) -> Iterator[Finding]:
    path = ("activities", name)
    if fields.said and fields.prompt:
        yield A106.at((*path, "prompt"), "both said and prompt are given", expected="one of the two", on_key=True)
    if fields.rings and (fields.destination or fields.prompt or fields.said):
        yield A106.at((*path, "rings"), "telephones ring, and callers are told or sent on", expected="one of the two")
    elif not activity.rings and not (activity.said or activity.prompt):
        yield A102.at(path, f"callers hear nothing of {name}", expected="said or prompt", on_key=True)
    for key, texts in (("title", fields.title), ("said", fields.said)):
        for language in sorted({scope.language, *scope.languages}):
            if texts and best(texts, language) is None:
                expected = f"a text in {language}"
                yield A103.at((*path, key), f"{name} has no {key} in {language}", expected=expected, on_key=True)
