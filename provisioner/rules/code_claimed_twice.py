"""One phone code, two things that it does."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.core.codes import Claim
from provisioner.core.feature import Scope
from provisioner.core.findings import Finding, Rule
from provisioner.core.source import Path
from provisioner.tenant import Tenant, claimed_codes

RULE = Rule(
    code="R121",
    title="Phone code claimed twice",
    why="Who dials it has one of the two done, and the other can no longer be reached.",
    remedy="Give one of them another code; `pbx codes` lists those that are taken.",
    bad="day: {switch: '*28'}\nnight: {switch: '*28'}",
    good="day: {switch: '*28'}\nnight: {switch: '*29'}",
)


def check(tenant: Tenant, scope: Scope) -> Iterator[Finding]:
    taken: dict[str, Claim] = {}
    open_ended: dict[str, Claim] = {}
    """Those of the taken ones behind which any digits may follow."""
    said: set[Path] = set()
    for claim in claimed_codes(tenant, scope):
        where = place(claim, tenant)
        for tail in claim.tails:
            dialled = claim.code + tail
            free = bool(claim.input)
            other = taken.get(dialled) or _meets(dialled, free, taken if free else open_ended)
            if other and where not in said:
                said.add(where)  # once, where a code collides with every digit behind it
                found = f"{dialled} is taken: who dials it {other.title}"
                yield RULE.at(where, found, expected="a code that nothing else begins with or is")
            if taken.setdefault(dialled, claim) is claim and free:
                open_ended[dialled] = claim


def _meets(dialled: str, free: bool, taken: dict[str, Claim]) -> Claim | None:
    """A claim that goes on freely from the same beginning, or from whose beginning this one does."""
    for other, claim in taken.items():
        if (free and other.startswith(dialled)) or (claim.input and dialled.startswith(other)):
            return claim
    return None


def place(claim: Claim, tenant: Tenant) -> Path:
    """Where the code was chosen: in the section `codes`, or where the thing itself stands."""
    return ("codes", claim.service) if claim.service in tenant.codes else claim.path
