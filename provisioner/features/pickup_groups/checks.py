"""Findings of pick-up groups alone."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.core.feature import Scope
from provisioner.core.findings import Finding, Rule, Severity

from .model import PickupGroup

J101 = Rule(
    code="J101",
    title="Member of a pick-up group listed twice",
    why="Whoever reads the file believes that somebody else may take calls.",
    remedy="Keep the first mention.",
    bad="members: [anna, bo, anna]",
    good="members: [anna, bo]",
    source="U7",
)
J102 = Rule(
    code="J102",
    title="Pick-up group of one",
    why="There is nobody whose calls the member could take.",
    remedy="Name those whose calls are to be taken, or leave the group out.",
    bad="office: {members: [anna]}",
    good="office: {members: [anna, bo]}",
    severity=Severity.WARNING,
    source="U7",
)
RULES = (J101, J102)


def check(groups: dict[str, PickupGroup], _: Scope) -> Iterator[Finding]:
    for name, group in groups.items():
        seen = set()
        for index, member in enumerate(group.members):
            if member in seen:
                path = ("pickup_groups", name, "members", index)
                yield J101.at(path, f"{member.name} is listed twice", expected="each member once")
            seen.add(member)
        if len(seen) == 1:
            found = f"{group.members[0].name} is its only member"
            yield J102.at(("pickup_groups", name, "members"), found, expected="two members or more")
