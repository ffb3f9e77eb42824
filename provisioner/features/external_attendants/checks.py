"""Findings of external attendants alone."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.core.feature import Scope
from provisioner.core.findings import Finding, Rule, Severity, nearest
from provisioner.core.refs import Ref
from provisioner.core.source import Path

from .model import Absence, ExternalAttendant, Instructions

W101 = Rule(
    code="W101",
    title="Number that stands for two external attendants",
    why="Whoever answers could not know which instructions hold.",
    remedy="Use another number of the provider's pool for one of them, or one external attendant for both.",
    bad='day: {number: "+46846500490", …}\nnight: {number: "+46846500490", …}',
    good='day: {number: "+46846500490", …}\nnight: {number: "+46846500491", …}',
    source="T2",
)
W102 = Rule(
    code="W102",
    title="Absence of attendants who have no activities",
    why="Nobody could ever be away: calls would never go outside at once.",
    remedy="Write the section `activities`, be it empty, or take `absence` out and use a schedule's switch.",
    bad="front: {absence: {of: [anna], present: user:anna}, …}   # no section activities",
    good="activities: {}\nexternal_attendants: {front: {absence: {of: [anna], present: user:anna}, …}}",
    source="T2",
)
W103 = Rule(
    code="W103",
    title="Instructions for a number that the tenant does not have",
    why="No call for it can ever come to the attendant.",
    remedy="Write the instructions at a number of the section `numbers`.",
    bad='numbers: {"+46850100199": {answer: Acme support}}   # the tenant has +46850100100',
    good='numbers: {"+46850100100": {answer: Acme support}}',
    source="T2",
)
W104 = Rule(
    code="W104",
    title="Attendants who are present at the external one",
    why="Calls would go outside whether they are away or not.",
    remedy="Let `present` be where the tenant's own attendants answer: a user, a group or a queue.",
    bad="front: {absence: {of: [anna], present: external_attendant:front}, …}",
    good="front: {absence: {of: [anna], present: user:anna}, …}",
    source="T2",
)
W105 = Rule(
    code="W105",
    title="Temporary information that ends before it begins",
    why="The attendant would never see it.",
    remedy="Let `active_until` be the day of `active_from` or a later one.",
    bad="temporary: [{text: Anna is away, active_from: 2027-02-02, active_until: 2027-02-01}]",
    good="temporary: [{text: Anna is away, active_from: 2027-02-02, active_until: 2027-02-05}]",
    source="T2",
)
W106 = Rule(
    code="W106",
    title="External attendant who is not told how to answer",
    why="Callers would hear the name of the attendants' company, or nothing that they know.",
    remedy="Write `answer` in `instructions`.",
    bad='front: {number: "+46846500490", no_answer: voicemail:info}',
    good='front: {number: "+46846500490", no_answer: voicemail:info, instructions: {answer: "Acme, good morning."}}',
    severity=Severity.WARNING,
    source="T2",
)
RULES = (W101, W102, W103, W104, W105, W106)


def check(attendants: dict[str, ExternalAttendant], scope: Scope) -> Iterator[Finding]:
    first: dict[str, str] = {}
    for name, attendant in attendants.items():
        path: Path = ("external_attendants", name)
        if (other := first.setdefault(attendant.number, name)) != name:
            found = f"{attendant.number} stands for {other} already"
            yield W101.at((*path, "number"), found, expected="another number of the pool")
        if attendant.absence:
            yield from _absence(name, attendant.absence, scope, (*path, "absence"))
        yield from _instructions(attendant.instructions, (*path, "instructions"))
        for number, own in attendant.numbers.items():
            yield from _number(number, scope, (*path, "numbers", number))
            yield from _instructions(own, (*path, "numbers", number))
        if not attendant.instructions.answer and not any(own.answer for own in attendant.numbers.values()):
            yield W106.at(path, f"{name} is not told how to answer", expected="instructions: {answer: …}", on_key=True)


def _absence(name: str, absence: Absence, scope: Scope, path: Path) -> Iterator[Finding]:
    if not scope.names.get("activity"):
        yield W102.at(path, "the tenant has no activities", expected="the section activities", on_key=True)
    if absence.present == Ref("external_attendant", name):
        found = f"{absence.present} is not where the tenant's own attendants answer"
        yield W104.at((*path, "present"), found, expected="user:NAME, ring_group:NAME or queue:NAME")


def _number(number: str, scope: Scope, path: Path) -> Iterator[Finding]:
    if number not in scope.tenant_numbers:
        listed = ", ".join(sorted(scope.tenant_numbers)) or "a number of the section numbers"
        near = nearest(number, scope.tenant_numbers)
        found = f"{number} is no number of the tenant's"
        yield W103.at(path, found, expected=f"one of {listed}", nearest=near, on_key=True)


def _instructions(instructions: Instructions, path: Path) -> Iterator[Finding]:
    for index, each in enumerate(instructions.temporary):
        if each.backwards():
            found = f"it ends on {each.active_until} and begins on {each.active_from}"
            yield W105.at((*path, "temporary", index), found, expected=f"{each.active_from} or later")
