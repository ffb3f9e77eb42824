"""One extension, two owners."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.core.feature import Scope
from provisioner.core.findings import Finding, Rule
from provisioner.core.refs import Ref
from provisioner.tenant import FEATURES, Tenant

RULE = Rule(
    code="R105",
    title="Extension claimed twice",
    why="Who dials it reaches one of the two, and the other never rings.",
    remedy="Give one of them another extension.",
    bad="# users\nanna: {extension: 101}\n# ring_groups\nreception: {extension: 101}",
    good="# users\nanna: {extension: 101}\n# ring_groups\nreception: {extension: 900}",
)


def check(tenant: Tenant, scope: Scope) -> Iterator[Finding]:
    claimed: dict[str, Ref] = {}
    for feature in FEATURES:
        if feature.extensions is None:
            continue
        for extension, ref, path in feature.extensions(getattr(tenant, feature.section)):
            if (first := claimed.setdefault(extension, ref)) != ref:
                free = _free(extension, scope)
                found = f"extension {extension} belongs to {first} already"
                yield RULE.at(path, found, expected=f"a free extension such as {free}" if free else "a free extension")


def _free(extension: str, scope: Scope) -> str:
    """The next extension of the same length that nobody has."""
    length = len(extension)
    following = (f"{number:0{length}}" for number in range(int(extension) + 1, 10**length))
    return next((each for each in following if each not in scope.extensions), "")
