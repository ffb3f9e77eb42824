"""Findings of ring groups alone."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.core.feature import Scope
from provisioner.core.findings import Finding, Rule

from .model import RingGroup

MEMBER_KINDS = ("user", "number")

G101 = Rule(
    code="G101",
    title="Member that cannot ring",
    why="Only a user's telephones and public numbers can ring; a menu or a mailbox would answer at once and "
    "take the call away from everybody else.",
    remedy="List users and numbers; put the menu or mailbox at `no_answer`.",
    bad="members: [user:anna, voicemail:info]",
    good="members: [user:anna]\nno_answer: voicemail:info",
    source="Q1",
)
G102 = Rule(
    code="G102",
    title="Member listed twice",
    why="The same telephone would be rung twice for one call.",
    remedy="Keep the first mention.",
    bad="members: [user:anna, user:anna]",
    good="members: [user:anna]",
    source="Q1",
)
RULES = (G101, G102)


def check(groups: dict[str, RingGroup], _: Scope) -> Iterator[Finding]:
    for name, group in groups.items():
        seen = set()
        for index, member in enumerate(group.members):
            path = ("ring_groups", name, "members", index)
            if member.kind not in MEMBER_KINDS:
                yield G101.at(path, f"{member} cannot ring", expected="user:NAME or number:+…")
            if member in seen:
                yield G102.at(path, f"{member} is listed twice", expected="each member once")
            seen.add(member)
