"""Findings of shared mailboxes alone."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.core.feature import Scope
from provisioner.core.findings import Finding, Rule, Severity
from provisioner.core.refs import Ref

from .model import SharedMailbox

V101 = Rule(
    code="V101",
    title="Shared mailbox with the name of a user",
    why="`voicemail:<user>` is her own mailbox: messages for the department would end in it, or hers in that of the "
    "department.",
    remedy="Give the shared mailbox another name.",
    bad="users: {anna: …}\nvoicemail: {anna: …}",
    good="users: {anna: …}\nvoicemail: {info: …}",
    source="R5",
)
V102 = Rule(
    code="V102",
    title="Member listed twice",
    why="Whoever reads the file believes that somebody else may listen.",
    remedy="Keep the first mention.",
    bad="members: [anna, anna]",
    good="members: [anna]",
    source="R5",
)
V103 = Rule(
    code="V103",
    title="Shared mailbox that nobody can open",
    why="Messages are left and never heard.",
    remedy="Give it an extension; members dial it to listen.",
    bad="info: {members: [anna]}",
    good="info: {members: [anna], extension: 950}",
    severity=Severity.WARNING,
    source="R5",
)
RULES = (V101, V102, V103)


def check(boxes: dict[str, SharedMailbox], scope: Scope) -> Iterator[Finding]:
    users = scope.names.get("user", frozenset())
    for name, box in boxes.items():
        path = ("voicemail", name)
        if name in users:
            yield V101.at(path, f"{name} is a user too", expected="a name that no user has", on_key=True)
        if box.extension is None:
            yield V103.at(path, f"{name} has no extension", expected="an extension of two to six digits", on_key=True)
        yield from _members(path, box.members)


def _members(path: tuple[str, ...], members: list[Ref]) -> Iterator[Finding]:
    seen: set[Ref] = set()
    for index, member in enumerate(members):
        if member in seen:
            yield V102.at((*path, "members", index), f"{member.name} is listed twice", expected="each member once")
        seen.add(member)
