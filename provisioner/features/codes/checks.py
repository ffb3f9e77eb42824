"""Findings of phone codes alone; two codes that meet are found by the rules over a tenant."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.core.feature import Scope
from provisioner.core.findings import Finding, Rule, nearest

C101 = Rule(
    code="C101",
    title="Phone code for a service that does not exist",
    why="Nothing happens when it is dialled, and what it was meant for keeps its usual code.",
    remedy="Use the name of a service; `pbx codes` lists them.",
    bad="codes: {voice-mail: '*97'}",
    good="codes: {voicemail: '*97'}",
)
RULES = (C101,)


def check(codes: dict[str, str], scope: Scope) -> Iterator[Finding]:
    known = {each.name for each in scope.services}
    for name in codes:
        if name not in known:
            near = nearest(name, known)
            expected = "one of " + ", ".join(sorted(known))
            yield C101.at(("codes", name), f"no service {name!r}", expected=expected, nearest=near, on_key=True)
