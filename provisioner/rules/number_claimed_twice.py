"""One public number in two tenants."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from provisioner.core.feature import Claims
from provisioner.core.findings import Finding, Rule
from provisioner.provider import Provider

RULE = Rule(
    code="N201",
    title="Number that another tenant has too",
    why="Its callers would reach whichever tenant was applied last.",
    remedy="Find out who holds the number, and take it out of the other file.",
    bad='# klinik.yaml and verk.yaml both:\nnumbers: {"+46850100100": …}',
    good='# klinik.yaml alone:\nnumbers: {"+46850100100": …}',
    source="N1",
)


def check(_: Provider | None, claims: Mapping[str, Claims]) -> Iterator[tuple[str, Finding]]:
    owners: dict[str, list[str]] = {}
    for slug, claim in claims.items():
        for number in claim.numbers:
            owners.setdefault(number, []).append(slug)
    for number, slugs in owners.items():
        for slug in slugs if len(slugs) > 1 else ():
            others = ", ".join(sorted(other for other in slugs if other != slug))
            found = f"{number} is also a number of {others}"
            yield slug, RULE.at(("numbers", number), found, expected="a number of one tenant only", on_key=True)
