"""Calls that the tenant sends on to numbers that cost much, as often as anybody likes to call."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.core.feature import Scope, Way
from provisioner.core.findings import Finding, Rule, Severity
from provisioner.core.numbering import call_class, plan_of
from provisioner.tenant import Tenant

from . import flow

PREMIUM = Rule(
    code="R109",
    title="Calls sent on to a premium-rate number",
    why="Whoever calls makes the tenant pay by the minute, as often as she likes; fraudsters look for that.",
    remedy="Send calls on to an ordinary number, or set `limits`, which stop what costs too much.",
    bad='anna: {forwarding: {no_answer: "number:+46900100100"}}',
    good='anna: {forwarding: {no_answer: "number:+46701740605"}}',
    severity=Severity.WARNING,
    source="N8",
)
ABROAD = Rule(
    code="R110",
    title="Calls sent on to another country",
    why="Each caller makes the tenant pay for a call abroad: a wrong digit, or somebody who calls all night, is dear.",
    remedy="Look whether the number is meant, and set `limits`, which stop what costs too much.",
    bad='anna: {forwarding: {no_answer: "number:+4721000000"}}',
    good='anna: {forwarding: {no_answer: "number:+46701740605"}}',
    severity=Severity.NOTE,
    source="N8",
)
RULES = {"premium": PREMIUM, "international": ABROAD}
"""Class of a call → the rule that it is a finding of."""


def check_premium(_: Tenant, scope: Scope) -> Iterator[Finding]:
    return _found(scope, "premium")


def check_abroad(_: Tenant, scope: Scope) -> Iterator[Finding]:
    return _found(scope, "international")


def _found(scope: Scope, wanted: str) -> Iterator[Finding]:
    if (plan := plan_of(scope.country)) is None:
        return
    for edge in flow.edges(scope):
        number = edge.target.name
        outside = edge.target.kind == "number" and number not in scope.tenant_numbers
        if outside and (edge.way is not Way.USES or "members" in edge.path) and call_class(number, plan) == wanted:
            expected = "an ordinary number" if wanted == "premium" else f"a number of {scope.country}, or limits"
            yield RULES[wanted].at(
                edge.path, f"callers are sent on to {number}{_cost(scope, wanted)}", expected=expected
            )


def _cost(scope: Scope, wanted: str) -> str:
    if wanted not in scope.call_rates:
        return ""
    _, minute = scope.call_rates[wanted]
    return f", which costs {scope.currency} {minute} a minute".replace("  ", " ")
