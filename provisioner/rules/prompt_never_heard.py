"""A prompt that nothing plays."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.core.feature import Scope
from provisioner.core.findings import Finding, Rule, Severity
from provisioner.tenant import Tenant

RULE = Rule(
    code="R104",
    title="Prompt that nobody hears",
    why="Somebody wrote or recorded it for callers, and no menu, announcement, queue or mailbox plays it.",
    remedy="Play it somewhere, or delete it.",
    bad='# nothing plays lunch\nprompts: {lunch: {text: {sv: "Vi har lunch."}}}',
    good="# and in the section announcements:\nlunch: {prompt: lunch, then: hangup:normal}",
    severity=Severity.WARNING,
    source="R3",
)


def check(tenant: Tenant, scope: Scope) -> Iterator[Finding]:
    if not scope.whole:
        return
    heard = {ref.name for _, ref in scope.references if ref.kind == "prompt"}
    for name in tenant.prompts:
        if name not in heard:
            yield RULE.at(("prompts", name), f"nothing plays {name}", expected="something that plays it", on_key=True)
