"""Forwarding and overflow that send an unanswered call round and round."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.core.feature import Scope
from provisioner.core.findings import Finding, Rule
from provisioner.tenant import Tenant

from . import flow

RULE = Rule(
    code="R102",
    title="Call that can be forwarded for ever",
    why="When nobody answers, the same telephones ring again and again, and the caller is never told.",
    remedy="Let one of the ways end at a mailbox, an announcement or hangup:unavailable.",
    bad="# users\nanna: {forwarding: {no_answer: user:bo}}\nbo: {forwarding: {no_answer: user:anna}}",
    good="# users\nanna: {forwarding: {no_answer: user:bo}}\nbo: {forwarding: {no_answer: voicemail:bo}}",
    source="U4",
)


def check(_: Tenant, scope: Scope) -> Iterator[Finding]:
    for cycle in flow.cycles(scope):
        if not any(edge.target.kind == "ivr" for edge in cycle):
            found = f"a call that nobody answers can go round for ever: {flow.shown(cycle)}"
            yield RULE.at(cycle[-1].path, found, expected="a destination outside the round, such as a mailbox")
