"""A number that rescuers are told to call back, and cannot."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.core.callers import holds
from provisioner.core.feature import Scope
from provisioner.core.findings import Finding, Rule, Severity
from provisioner.core.numbering import plan_of
from provisioner.tenant import Tenant

RULE = Rule(
    code="R108",
    title="Call-back number for emergencies that blocks its country",
    why="Everybody gets through for four hours after a call for help. A rescuer or hospital that calls back later is "
    "refused.",
    remedy="Block fewer callers, or give the site an `emergency_number` that takes all of them.",
    bad='sites: {main: {emergency_number: "+46850100100"}}\nnumbers: {"+46850100100": {blocked: ["+46*"], …}}',
    good='sites: {main: {emergency_number: "+46850100101"}}\nnumbers: {"+46850100100": {blocked: ["+46*"], …}}',
    severity=Severity.WARNING,
    source="Directive (EU) 2018/1972, article 109",
)


def check(tenant: Tenant, scope: Scope) -> Iterator[Finding]:
    if (plan := plan_of(scope.country)) is None:
        return
    for name, site in tenant.sites.items():
        called = site.emergency_number or scope.main_number
        number = tenant.numbers.get(called)
        if number is None:
            continue
        for index, pattern in enumerate(number.blocked):
            # A number of the country that no plan knows stands for all of them.
            if holds([pattern], f"+{plan.calling_code}0000000") and not holds(number.allowed, plan.example):
                found = f"{pattern} blocks {scope.country}, and rescuers of the site {name} call back at {called}"
                path = ("numbers", called, "blocked", index)
                yield RULE.at(path, found, expected="an emergency_number of the site that takes everybody")
