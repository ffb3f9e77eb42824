"""Findings of directories alone."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.core.feature import Scope
from provisioner.core.findings import Finding, Rule, Severity

from .keypad import codes
from .model import Directory

E201 = Rule(
    code="E201",
    title="Directory without people",
    why="Whatever a caller keys in, nobody is found.",
    remedy="List users (`listed: no` keeps a user out), or take the directory out.",
    bad="users: {anna: {listed: no, …}}\ndirectories: {staff: …}",
    good="users: {anna: {…}}\ndirectories: {staff: …}",
    source="R2",
)
E202 = Rule(
    code="E202",
    title="Name that no key spells",
    why="The name has no word of two letters that are on a telephone's keys, so nobody can find this user by it.",
    remedy="Write the name in Latin letters, or set `listed: no`.",
    bad='anna: {name: "А. Б."}',
    good="anna: {name: Anna Berg}",
    severity=Severity.WARNING,
    source="R2",
)
RULES = (E201, E202)


def check(directories: dict[str, Directory], scope: Scope) -> Iterator[Finding]:
    for name in directories:
        if not scope.listed:
            expected = "users that are listed"
            yield E201.at(("directories", name), "no user may be asked for by name", expected=expected, on_key=True)
    for user, full in scope.listed.items() if directories else ():
        if not any(codes(full, 2)):
            yield E202.at(("users", user, "name"), f"no key spells {full!r}", expected="Latin letters")
