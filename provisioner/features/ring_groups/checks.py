"""Findings of ring groups alone."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.core.feature import Scope
from provisioner.core.findings import Finding, Rule, Severity

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
G103 = Rule(
    code="G103",
    title="Administrator of a group who is no user",
    why="Members are logged in and out by dialling a code, which users do.",
    remedy="List users.",
    bad="administrators: [ring_group:office]",
    good="administrators: [user:anna]",
    source="Q3",
)
G104 = Rule(
    code="G104",
    title="Administrators of a group without a code to dial",
    why="The code ends with the group's extension, and this group has none.",
    remedy="Give the group an `extension`.",
    bad="office: {administrators: [user:anna]}",
    good="office: {administrators: [user:anna], extension: 900}",
    severity=Severity.WARNING,
    source="Q3",
)
RULES = (G101, G102, G103, G104)


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
        for index, each in enumerate(group.administrators):
            if each.kind != "user":
                where = ("ring_groups", name, "administrators", index)
                yield G103.at(where, f"{each} is no user", expected="user:NAME")
        if group.administrators and not group.extension:
            found = "the group has no extension"
            yield G104.at(("ring_groups", name, "administrators"), found, expected="the key 'extension'")
