"""Findings about what was bought."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from provisioner.core.capabilities import Capability
from provisioner.core.feature import Scope, Use
from provisioner.core.findings import Finding, Rule, nearest

from .model import AddOn, Catalogue
from .uses import uses_of

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
    good="add_ons: {contact-centre: {}}\nqueues: {support: …}",
    source="N6",
)
L204 = Rule(
    code="L204",
    title="Add-on that the provider does not sell",
    why="Nobody knows what it covers, nor what to invoice.",
    remedy="Use an add-on of the catalogue in provider.yaml.",
    bad="add_ons: {contact-center: {}}",
    good="add_ons: {contact-centre: {}}",
    source="N6",
)
L206 = Rule(
    code="L206",
    title="More in use than was bought",
    why="The tenant gets what nobody pays for.",
    remedy="Raise the count of the add-on, or use less.",
    bad="add_ons: {further-main-number: {}}\nnumbers: {…}   # three of kind main",
    good="add_ons: {further-main-number: {count: 2}}\nnumbers: {…}   # three of kind main",
    source="N1",
)
L207 = Rule(
    code="L207",
    title="Count of an add-on that is not sold by number",
    why="It covers everything already; the invoice would name it several times for nothing.",
    remedy="Leave the count out.",
    bad="add_ons: {contact-centre: {count: 3}}",
    good="add_ons: {contact-centre: {}}",
    source="N6",
)
L208 = Rule(
    code="L208",
    title="Add-on that ends before it begins",
    why="It would never cover anything.",
    remedy="Let `active_until` be the day of `active_from` or a later one.",
    bad="add_ons: {fax: {active_from: 2027-02-01, active_until: 2027-01-31}}",
    good="add_ons: {fax: {active_from: 2027-02-01, active_until: 2027-02-28}}",
    source="N7",
)
RULES = (L201, L202, L203, L204, L206, L207, L208)


def check(add_ons: dict[str, AddOn], scope: Scope) -> Iterator[Finding]:
    catalogue = scope.catalogue
    if not isinstance(catalogue, Catalogue):
        return
    yield from _add_ons(add_ons, catalogue)
    for user, plan in scope.plans.items():
        if catalogue.plans and plan not in catalogue.plans:
            listed = ", ".join(catalogue.plans)
            near = nearest(plan, catalogue.plans)
            yield L201.at(
                ("users", user, "plan"), f"no plan {plan!r} is sold", expected=f"one of {listed}", nearest=near
            )
    yield from _uses(add_ons, scope, catalogue)


def _add_ons(add_ons: dict[str, AddOn], catalogue: Catalogue) -> Iterator[Finding]:
    for name, bought in add_ons.items():
        path = ("add_ons", name)
        offer = catalogue.add_ons.get(name)
        if offer is None:
            listed = ", ".join(catalogue.add_ons) or "none: the provider sells no add-ons"
            near = nearest(name, catalogue.add_ons)
            found = f"no add-on {name!r} is sold"
            yield L204.at(path, found, expected=f"one of {listed}", nearest=near, on_key=True)
        elif bought.count > 1 and not offer.counted:
            yield L207.at((*path, "count"), f"{name} is not sold by number", expected="no count")
        if bought.backwards():
            found = f"{name} ends on {bought.active_until} and begins on {bought.active_from}"
            yield L208.at((*path, "active_until"), found, expected=f"{bought.active_from} or later")


def _uses(add_ons: dict[str, AddOn], scope: Scope, catalogue: Catalogue) -> Iterator[Finding]:
    """Every use that neither base nor plan nor add-on covers; those beyond what was bought by number are told once."""
    current = {
        name: bought for name, bought in add_ons.items() if name in catalogue.add_ons and not bought.ended(scope.today)
    }
    whole = [catalogue.add_ons[name].features for name in current if not catalogue.add_ons[name].counted]
    common = catalogue.base.features.union(*whole)
    open_uses = [use for use in uses_of(scope) if use.capability in catalogue.sold and use.capability not in common]
    needed = _needed(open_uses)
    counts: dict[Capability, list[Use]] = {}
    for use in open_uses:
        plan = scope.plans.get(use.user, "")
        if use.user and (plan not in catalogue.plans or use.capability in catalogue.covered[plan]):
            continue
        counts.setdefault(use.capability, []).append(use)
    for capability, uses in counts.items():
        bought = {name: each.count for name, each in current.items() if capability in catalogue.add_ons[name].features}
        if not bought:
            for use in uses:
                yield _uncovered(use, scope, catalogue, needed, len(uses))
        elif len(uses) > (total := sum(bought.values())):
            name = next(iter(bought))
            found = f"{len(uses)} uses of {capability} and {total} bought"
            wanted = bought[name] + len(uses) - total
            yield L206.at(uses[total].path, found, expected=f"add_ons: {{{name}: {{count: {wanted}}}}}")


def _needed(uses: list[Use]) -> Mapping[str, frozenset[Capability]]:
    """user → everything that her plan has to cover."""
    needed: dict[str, set[Capability]] = {}
    for use in uses:
        if use.user:
            needed.setdefault(use.user, set()).add(use.capability)
    return {user: frozenset(capabilities) for user, capabilities in needed.items()}


def _uncovered(
    use: Use, scope: Scope, catalogue: Catalogue, needed: Mapping[str, frozenset[Capability]], uses: int
) -> Finding:
    add_on = catalogue.cheapest_add_on(use.capability)
    count = f"count: {uses}" if uses > 1 and add_on and catalogue.add_ons[add_on].counted else ""
    line = f"add_ons: {{{add_on}: {{{count}}}}}" if add_on else ""
    if not use.user:
        found = f"{use.capability} is not covered by the base package"
        return L203.at(use.path, found, expected=line or "nothing: no add-on covers it")
    better = catalogue.cheapest_plan(needed[use.user])
    ways = [f"plan: {better}" if better else "", line]
    expected = " or ".join(filter(None, ways)) or "nothing: no plan and no add-on covers it"
    found = f"{use.capability} is not covered by {use.user}'s plan {scope.plans[use.user]}"
    return L202.at(use.path, found, expected=expected, nearest=better)
