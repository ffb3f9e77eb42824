"""Somebody who should ring for others' calls and has nothing to ring with."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.core.feature import Scope
from provisioner.core.findings import Finding, Rule, Severity
from provisioner.tenant import Tenant

RULE = Rule(
    code="R107",
    title="Member without a telephone",
    why="The queue or group counts on this user; callers wait for somebody whom nothing rings.",
    remedy="Give the user a device, or take her out of the list.",
    bad="# users\nbo: {devices: {}}\n# queues\nnurse: {members: [user:bo]}",
    good="# users\nbo: {devices: {desk: {kind: desk}}}\n# queues\nnurse: {members: [user:bo]}",
    severity=Severity.WARNING,
)

SECTIONS = ("queues", "ring_groups")


def check(tenant: Tenant, scope: Scope) -> Iterator[Finding]:
    without = {name for name, user in tenant.users.items() if not user.devices} - scope.desk_users
    if not without:
        return
    for path, ref in scope.references:
        if path[0] in SECTIONS and path[2] == "members" and ref.kind == "user" and ref.name in without:
            found = f"{ref} has no device that could ring"
            yield RULE.at(path, found, expected=f"a device under users.{ref.name}.devices")
