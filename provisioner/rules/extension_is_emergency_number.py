"""An extension that nobody can dial, because it calls for help."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.core.feature import Scope
from provisioner.core.findings import Finding, Rule
from provisioner.core.numbering import EVERYWHERE, plan_of
from provisioner.tenant import FEATURES, Tenant

RULE = Rule(
    code="R106",
    title="Extension that is an emergency number",
    why="Emergency calls always pass first, so who dials this extension calls the emergency services.",
    remedy="Choose another extension.",
    bad="anna: {extension: 112}",
    good="anna: {extension: 113}",
    source="EU directive 2018/1972, article 109",
)


def check(tenant: Tenant, scope: Scope) -> Iterator[Finding]:
    plan = plan_of(scope.country)
    reserved = plan.emergency if plan else (EVERYWHERE,)
    for number in reserved:
        if number in scope.extensions:
            yield from _claims(number, tenant, scope)


def _claims(number: str, tenant: Tenant, scope: Scope) -> Iterator[Finding]:
    for feature in FEATURES:
        if feature.extensions:
            for extension, ref, path in feature.extensions(getattr(tenant, feature.section)):
                if extension == number:
                    found = f"{extension} calls for help in {scope.country} and cannot reach {ref}"
                    yield RULE.at(path, found, expected="another extension")
