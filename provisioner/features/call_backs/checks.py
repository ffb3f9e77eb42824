"""Findings of call-back menus alone."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.core.feature import Scope
from provisioner.core.findings import Finding, Rule, Severity

from .model import CallBack, Numbers

D101 = Rule(
    code="D101",
    title="Call-back number that nobody may call",
    why="The menu takes numbers that no user's `call_permission` reaches: the caller waits for a call that cannot "
    "come.",
    remedy="Take fewer kinds of numbers, or let somebody call them.",
    bad="# users call within the country\nnumbers: international",
    good="numbers: mobile",
    source="R7",
)
D102 = Rule(
    code="D102",
    title="Call-back that nobody is told of",
    why="The number is stored on the platform, and the caller believes that somebody has it.",
    remedy="Name mail addresses or mobile numbers at `notify`.",
    bad="support: {then: hangup:normal, exhausted: voicemail:info}",
    good="support: {notify: {mail: [support@acme.example]}, then: hangup:normal, exhausted: voicemail:info}",
    severity=Severity.WARNING,
    source="R7",
)
RULES = (D101, D102)


def check(call_backs: dict[str, CallBack], scope: Scope) -> Iterator[Finding]:
    order = tuple(each.value for each in Numbers)
    reach = max((order.index(each) for each in scope.permissions.values() if each in order), default=-1)
    for name, each in call_backs.items():
        path = ("call_backs", name)
        if scope.permissions and order.index(each.numbers) > reach:
            most = order[reach] if reach >= 0 else "internal"
            found = f"{name} takes {each.numbers} numbers, and no user may call further than {most}"
            yield D101.at((*path, "numbers"), found, expected=f"{most}, or a user with that permission", nearest=most)
        if not each.notify:
            yield D102.at(path, f"nobody is told of numbers left in {name}", expected="the key 'notify'", on_key=True)
