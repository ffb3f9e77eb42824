"""Plans that include plans."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from provisioner.core.feature import Claims
from provisioner.core.findings import Finding, Rule, nearest
from provisioner.features.plans.model import Catalogue
from provisioner.provider import Provider

RULE = Rule(
    code="X110",
    title="Plan that includes no other plan",
    why="Users of the plan would lose what it should take over from the other, or nobody could say what it covers.",
    remedy="Name another plan of the catalogue, and let no plan include itself by way of others.",
    bad="plans: {business: {includes: profesional}, professional: {…}}",
    good="plans: {business: {includes: professional}, professional: {…}}",
    source="N6",
)


def check(provider: Provider | None, _: Mapping[str, Claims]) -> Iterator[tuple[str, Finding]]:
    catalogue = provider.catalogue if provider else Catalogue()
    for name, plan in catalogue.plans.items():
        path = ("catalogue", "plans", name, "includes")
        others = [each for each in catalogue.plans if each != name]
        listed = f"one of {', '.join(others)}" if others else "no includes: there is no other plan"
        if plan.includes and plan.includes not in catalogue.plans:
            near = nearest(plan.includes, others)
            yield "", RULE.at(path, f"no plan is called {plan.includes!r}", expected=listed, nearest=near)
        elif name in _included(name, catalogue):
            yield "", RULE.at(path, f"{name} includes itself", expected="a plan that does not lead back here")


def _included(name: str, catalogue: Catalogue) -> list[str]:
    found: list[str] = []
    following = catalogue.plans[name].includes
    while following in catalogue.plans and following not in found:
        found.append(following)
        following = catalogue.plans[following].includes
    return found
