"""Findings about what was bought."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from provisioner.core.capabilities import Capability
from provisioner.core.feature import Scope, Use
from provisioner.core.findings import Finding, Rule, nearest

from .model import Catalogue

L201 = Rule(
    code="L201",
    title="Plan that the provider does not sell",
    why="Nobody knows what the user may use, nor what to invoice.",
    remedy="Use a plan of the catalogue in provider.yaml.",
    bad="anna: {plan: busines}",
    good="anna: {plan: business}",
    source="N6",
)
L202 = Rule(
    code="L202",
    title="Feature that the user's plan does not cover",
    why="The user gets what nobody pays for, or believes that she has what she does not get.",
    remedy="Move her to a plan that covers it, buy an add-on, or take the feature out.",
    bad="gate: {plan: basic, voicemail: {}}",
    good="gate: {plan: business, voicemail: {}}",
    source="N6",
)
L203 = Rule(
    code="L203",
    title="Feature that the tenant has not bought",
    why="The tenant gets what nobody pays for.",
    remedy="Add the add-on that covers it, or take the feature out.",
    bad="queues: {support: …}",
    good="add_ons: [contact-centre]\nqueues: {support: …}",
    source="N6",
)
L204 = Rule(
    code="L204",
    title="Add-on that the provider does not sell",
    why="Nobody knows what it covers, nor what to invoice.",
    remedy="Use an add-on of the catalogue in provider.yaml.",
    bad="add_ons: [contact-center]",
    good="add_ons: [contact-centre]",
    source="N6",
)
L205 = Rule(
    code="L205",
    title="Add-on listed twice",
    why="It would be invoiced twice.",
    remedy="Keep the first mention.",
    bad="add_ons: [contact-centre, contact-centre]",
    good="add_ons: [contact-centre]",
    source="N6",
)
RULES = (L201, L202, L203, L204, L205)

SECTIONS = {
    "announcement": "announcements", "ivr": "ivr", "queue": "queues", "ring_group": "ring_groups",
    "schedule": "schedules",
}  # fmt: skip
"""Kinds whose mere presence makes use of the capability of that name."""


def check(add_ons: list[str], scope: Scope) -> Iterator[Finding]:
    catalogue = scope.catalogue
    if not isinstance(catalogue, Catalogue):
        return
    yield from _add_ons(add_ons, catalogue)
    bought = (catalogue.add_ons[each].features for each in add_ons if each in catalogue.add_ons)
    common = catalogue.base.features.union(*bought)
    for user, plan in scope.plans.items():
        if catalogue.plans and plan not in catalogue.plans:
            listed = ", ".join(catalogue.plans)
            near = nearest(plan, catalogue.plans)
            yield L201.at(
                ("users", user, "plan"), f"no plan {plan!r} is sold", expected=f"one of {listed}", nearest=near
            )
    needed = _needed(scope, catalogue, common)
    for use in (*scope.uses, *_sections(scope)):
        if use.capability in catalogue.sold and use.capability not in common:
            yield from _uncovered(use, scope, catalogue, needed)


def _add_ons(add_ons: list[str], catalogue: Catalogue) -> Iterator[Finding]:
    for index, name in enumerate(add_ons):
        path = ("add_ons", index)
        if name not in catalogue.add_ons:
            listed = ", ".join(catalogue.add_ons) or "none: the provider sells no add-ons"
            near = nearest(name, catalogue.add_ons)
            yield L204.at(path, f"no add-on {name!r} is sold", expected=f"one of {listed}", nearest=near)
        if name in add_ons[:index]:
            yield L205.at(path, f"{name} is listed twice", expected="each add-on once")


def _sections(scope: Scope) -> Iterator[Use]:
    for kind, section in SECTIONS.items():
        if scope.names.get(kind):
            yield Use(Capability(kind), (section,))


def _needed(scope: Scope, catalogue: Catalogue, common: frozenset[Capability]) -> Mapping[str, frozenset[Capability]]:
    """user → everything that her plan has to cover."""
    needed: dict[str, set[Capability]] = {}
    for use in scope.uses:
        if use.user and use.capability in catalogue.sold and use.capability not in common:
            needed.setdefault(use.user, set()).add(use.capability)
    return {user: frozenset(capabilities) for user, capabilities in needed.items()}


def _uncovered(
    use: Use, scope: Scope, catalogue: Catalogue, needed: Mapping[str, frozenset[Capability]]
) -> Iterator[Finding]:
    add_on = catalogue.cheapest(catalogue.add_ons, frozenset({use.capability}))
    if not use.user:
        expected = f"the add-on {add_on}" if add_on else "nothing: no add-on covers it"
        yield L203.at(use.path, f"{use.capability} is not covered by the base package", expected=expected)
        return
    plan = catalogue.plans.get(scope.plans.get(use.user, ""))
    if plan is None or use.capability in plan.features:
        return
    better = catalogue.cheapest(catalogue.plans, needed[use.user])
    ways = [f"the plan {better}" if better else "", f"the add-on {add_on}" if add_on else ""]
    expected = " or ".join(filter(None, ways)) or "nothing: no plan and no add-on covers it"
    found = f"{use.capability} is not covered by {use.user}'s plan {scope.plans[use.user]}"
    yield L202.at(use.path, found, expected=expected, nearest=better)
