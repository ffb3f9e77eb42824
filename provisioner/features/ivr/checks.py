"""Findings of menus alone."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.core.feature import Scope
from provisioner.core.findings import Finding, Rule, Severity

from .model import Ivr

I101 = Rule(
    code="I101",
    title="Attempts that cannot be used up",
    why="No answer and a wrong answer both lead away at once, so `attempts` and `exhausted` never count; whoever wrote "
    "them expects callers there.",
    remedy="Take the destination away from `no_input` or `invalid`, so that the menu asks again.",
    bad="no_input: {destination: queue:info}\ninvalid: {destination: queue:info}\nexhausted: voicemail:info",
    good="no_input: {prompt: no-input}\ninvalid: {prompt: invalid}\nexhausted: voicemail:info",
    severity=Severity.NOTE,
    source="R2",
)
RULES = (I101,)


def check(menus: dict[str, Ivr], _: Scope) -> Iterator[Finding]:
    for name, menu in menus.items():
        if menu.no_input.destination and menu.invalid.destination:
            found = f"{menu.exhausted} is never reached: the menu {name} asks only once"
            yield I101.at(("ivr", name, "exhausted"), found, expected="a reaction without destination")
