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
V104 = Rule(
    code="V104",
    title="Member who is to be told and cannot be",
    why="`notify: {members: yes}` tells members at their own addresses; this one has neither mail address nor mobile "
    "number, and waits in vain.",
    remedy="Give the user an `email` or a `mobile`.",
    bad="users: {anna: {…}}\nvoicemail: {info: {members: [anna], notify: {members: yes}}}",
    good="users: {anna: {email: anna@acme.example}}\nvoicemail: {info: {members: [anna], notify: {members: yes}}}",
    source="R5",
)
V105 = Rule(
    code="V105",
    title="Message to be carried by mails that are not sent",
    why="A text message cannot carry a recording, and nobody gets a mail.",
    remedy="Name a mail address, or leave `audio` out.",
    bad='notify: {sms: ["+46701740605"], audio: yes}',
    good="notify: {mail: [info@acme.example], audio: yes}",
    source="R5",
)
V106 = Rule(
    code="V106",
    title="Key of a mailbox that leads back to it",
    why="Who presses it hears the greeting again, for ever.",
    remedy="Lead it to somebody who may answer.",
    bad='info: {members: [anna], keys: {"0": voicemail:info}}',
    good='info: {members: [anna], keys: {"0": user:anna}}',
    source="U3",
)
RULES = (V101, V102, V103, V104, V105, V106)


def check(boxes: dict[str, SharedMailbox], scope: Scope) -> Iterator[Finding]:
    users = scope.names.get("user", frozenset())
    for name, box in boxes.items():
        path = ("voicemail", name)
        if name in users:
            yield V101.at(path, f"{name} is a user too", expected="a name that no user has", on_key=True)
        if box.extension is None:
            yield V103.at(path, f"{name} has no extension", expected="an extension of two to six digits", on_key=True)
        yield from _members(path, box.members)
        yield from _told(path, box, scope)
        for key, ref in box.keys.items():
            if ref == Ref("voicemail", name):
                yield V106.at((*path, "keys", key), f"{key} leads to {ref} itself", expected="another destination")


def _members(path: tuple[str, ...], members: list[Ref]) -> Iterator[Finding]:
    seen: set[Ref] = set()
    for index, member in enumerate(members):
        if member in seen:
            yield V102.at((*path, "members", index), f"{member.name} is listed twice", expected="each member once")
        seen.add(member)


def _told(path: tuple[str, ...], box: SharedMailbox, scope: Scope) -> Iterator[Finding]:
    known = [(index, member.name, scope.addresses.get(member.name)) for index, member in enumerate(box.members)]
    told = [each for each in known if box.notify.members and each[2]]
    for index, name, addresses in told:
        if not any(addresses or ()):
            expected = f"email or mobile at users.{name}"
            yield V104.at((*path, "members", index), f"{name} has neither email nor mobile", expected=expected)
    if box.notify.audio and not box.notify.mail and not any(addresses and addresses[0] for *_, addresses in told):
        yield V105.at((*path, "notify", "audio"), "nobody gets a mail", expected="an address in mail")
