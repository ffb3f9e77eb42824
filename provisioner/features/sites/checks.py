"""Findings of sites alone."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.core.feature import Scope
from provisioner.core.findings import Finding, Rule, nearest
from provisioner.core.numbering import plan_of

from .model import Site

S101 = Rule(
    code="S101",
    title="Tenant without a site",
    why="Nobody would know where to send help when a user calls an emergency number.",
    remedy="Describe at least one site with its emergency address.",
    bad="sites: {}",
    good='sites:\n  main:\n    emergency_address: {street: Storgatan 1, postal_code: "111 22", city: Stockholm}',
    source="Directive (EU) 2018/1972, article 109",
)
S102 = Rule(
    code="S102",
    title="Emergency number that is not the tenant's",
    why="A rescuer who calls back would reach a stranger, and carriers refuse calls that show a foreign number.",
    remedy="Use one of the tenant's numbers, or leave the key out: the main number is shown then.",
    bad='emergency_number: "+46850100999"',
    good='emergency_number: "+46850100100"',
    source="Directive (EU) 2018/1972, article 109",
)
S103 = Rule(
    code="S103",
    title="Site in a country without a numbering plan",
    why="Nobody knows which numbers call for help there.",
    remedy="Write the country as two capital letters of ISO 3166-1.",
    bad="country: UK",
    good="country: GB",
    source="ISO 3166-1",
)
S104 = Rule(
    code="S104",
    title="Site without a number to call back",
    why="An emergency call from there would come from nobody.",
    remedy="Give the site an `emergency_number`, or the tenant a number of kind `main`.",
    bad="numbers: {}",
    good='numbers: {"+46850100100": {kind: main, destination: "schedule:opening"}}',
    source="Directive (EU) 2018/1972, article 109",
)
RULES = (S101, S102, S103, S104)


def check(sites: dict[str, Site], scope: Scope) -> Iterator[Finding]:
    if not scope.names.get("site"):
        yield S101.at(("sites",), "the tenant has no site", expected="at least one site with an emergency_address")
    for name, site in sites.items():
        path = ("sites", name)
        yield from _number(site, path, scope)
        country = site.emergency_address.country
        if country and plan_of(country) is None:
            place = (*path, "emergency_address", "country")
            yield S103.at(place, f"no numbering plan is known for {country!r}", expected="for example SE")


def _number(site: Site, path: tuple[str, ...], scope: Scope) -> Iterator[Finding]:
    number = site.emergency_number
    if number is None:
        if not scope.main_number:
            yield S104.at(path, "no emergency_number and no main number", expected="one of the two")
    elif number not in scope.tenant_numbers:
        near = nearest(number, scope.tenant_numbers)
        listed = ", ".join(sorted(scope.tenant_numbers)) or "a number of the section `numbers`"
        found = f"{number} is no number of this tenant"
        yield S102.at((*path, "emergency_number"), found, expected=f"one of {listed}", nearest=near)
