"""A menu from which a silent caller never gets away."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.core.feature import Scope
from provisioner.core.findings import Finding, Rule
from provisioner.tenant import Tenant

from . import flow

RULE = Rule(
    code="R101",
    title="Menu that can loop for ever",
    why="A caller who presses nothing, or cannot, is asked again and again; the line stays taken until she hangs up.",
    remedy="Let one of the ways end at a person's mailbox, a user, or hangup:normal.",
    bad="main: {prompt: welcome, keys: {1: user:anna}, exhausted: ivr:main}",
    good="main: {prompt: welcome, keys: {1: user:anna}, exhausted: voicemail:info}",
    source="R2",
)


def check(_: Tenant, scope: Scope) -> Iterator[Finding]:
    for cycle in flow.cycles(scope):
        if any(edge.target.kind == "ivr" for edge in cycle):
            found = f"a caller who presses nothing can go round for ever: {flow.shown(cycle)}"
            yield RULE.at(cycle[-1].path, found, expected="a destination outside the round, such as a mailbox")
