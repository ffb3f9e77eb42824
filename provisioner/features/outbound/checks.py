"""Findings about calls to the public network."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.core.feature import Scope
from provisioner.core.findings import Finding, Rule, Severity

from .model import Outbound

O101 = Rule(
    code="O101",
    title="PIN that opens nothing",
    why="The user may call all of it without the PIN.",
    remedy="Leave her out of the override, or let her call less.",
    bad="outbound: {override: {users: [anna], permission: international}}   # anna: {call_permission: premium}",
    good="outbound: {override: {users: [anna], permission: premium}}   # anna: {call_permission: national}",
    severity=Severity.WARNING,
    source="N8",
)
O102 = Rule(
    code="O102",
    title="PIN that opens more than the user's plan allows",
    why="The plan says whom its users may call at most; by her PIN she would call what nobody has sold her.",
    remedy="Let the PIN open no more than the plan, or move her to another plan.",
    bad="outbound: {override: {users: [anna]}}   # anna's plan: {call_permission: international}",
    good="outbound: {override: {users: [anna], permission: international}}",
    source="N8",
)
RULES = (O101, O102)


def check(outbound: Outbound, scope: Scope) -> Iterator[Finding]:
    override = outbound.override
    if not override:
        return
    opens = override.permission
    for index, ref in enumerate(override.users):
        path = ("outbound", "override", "users", index)
        own, most = scope.permissions.get(ref.name), scope.plan_permissions.get(scope.plans.get(ref.name, ""))
        if most and opens.level > most.level:
            found = f"the PIN opens {opens}, and the plan of {ref.name} allows {most}"
            yield O102.at(path, found, expected=f"permission: {most}")
        elif own and own.level >= opens.level:
            found = f"{ref.name} may call {own} without a PIN"
            yield O101.at(path, found, expected="a user who may call less")
