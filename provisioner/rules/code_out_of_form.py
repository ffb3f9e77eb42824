"""A phone code that reaches somebody else, or that telephones take for a number."""

from __future__ import annotations

import re
from collections.abc import Iterator

from provisioner.core.feature import Scope
from provisioner.core.findings import Finding, Rule
from provisioner.core.numbering import EVERYWHERE, plan_of
from provisioner.core.source import Path
from provisioner.tenant import Tenant, claimed_codes

from .code_claimed_twice import place

SHADOW = Rule(
    code="R122",
    title="Phone code that is an extension or an emergency number",
    why="Who dials it means the person, or calls for help, and neither may be cut off by a convenience.",
    remedy="Choose a code that begins with a star or a hash.",
    bad="codes: {voicemail: '112'}",
    good="codes: {voicemail: '*98'}",
)
FORM = Rule(
    code="R123",
    title="Phone code that does not begin with a star or a hash",
    why="Telephones dial digits alone as a number, and it would hide a public number that begins so.",
    remedy="Write a star or a hash, perhaps two, and digits behind them.",
    bad="codes: {voicemail: '98'}",
    good="codes: {voicemail: '*98'}",
)
_GOOD = re.compile(r"[*#]{1,2}[0-9]+")
_EXPECTED = "a star or a hash and digits, such as *98"


def check_shadow(tenant: Tenant, scope: Scope) -> Iterator[Finding]:
    emergency = _emergency(scope)
    for code, where in _wrong(tenant, scope):
        if code in emergency:
            yield SHADOW.at(where, f"{code} calls for help in {scope.country}", expected=_EXPECTED)
        elif code in scope.extensions:
            yield SHADOW.at(where, f"{code} is the extension of {scope.extensions[code]}", expected=_EXPECTED)


def check_form(tenant: Tenant, scope: Scope) -> Iterator[Finding]:
    reached = {*scope.extensions, *_emergency(scope)}
    for code, where in _wrong(tenant, scope):
        if code not in reached:
            yield FORM.at(where, f"{code} is no phone code", expected=_EXPECTED)


def _wrong(tenant: Tenant, scope: Scope) -> Iterator[tuple[str, Path]]:
    """Codes that do not look like one, each once with the place where it was chosen."""
    claims = ((claim.code, place(claim, tenant)) for claim in claimed_codes(tenant, scope))
    return (each for each in dict.fromkeys(claims) if not _GOOD.fullmatch(each[0]))


def _emergency(scope: Scope) -> tuple[str, ...]:
    plan = plan_of(scope.country)
    return plan.emergency if plan else (EVERYWHERE,)
