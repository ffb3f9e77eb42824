"""Numbers that stand for tenants at the external attendants' company."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from provisioner.core.feature import Claims
from provisioner.core.findings import Finding, Rule, nearest
from provisioner.provider import Provider

OUTSIDE = Rule(
    code="N206",
    title="External attendant's number that the provider does not have",
    why="The call would reach a stranger, or an attendant who does not know for whom she answers.",
    remedy="Use a number of `external_attendants` in provider.yaml.",
    bad='external_attendants: {front: {number: "+46701740606", …}}   # the pool: +46846500490–+46846500499',
    good='external_attendants: {front: {number: "+46846500490", …}}',
    source="T2",
)
TWICE = Rule(
    code="N207",
    title="External attendant's number that another tenant has too",
    why="The attendant would answer for one tenant with the words of the other.",
    remedy="Take another number of the pool.",
    bad='# klinik.yaml and verk.yaml both:\nexternal_attendants: {front: {number: "+46846500490", …}}',
    good='# klinik.yaml alone:\nexternal_attendants: {front: {number: "+46846500490", …}}',
    source="T2",
)


def check_outside(provider: Provider | None, claims: Mapping[str, Claims]) -> Iterator[tuple[str, Finding]]:
    if provider is None:
        return
    pool = provider.external_attendants.numbers if provider.external_attendants else []
    for slug, claim in claims.items():
        granted = [block for block in pool if not block.tenants or slug in block.tenants]
        for number, path in claim.attendant_numbers.items():
            if any(block.holds(number) for block in granted):
                continue
            listed = ", ".join(map(str, granted)) or "a pool: `external_attendants` of provider.yaml"
            ends = [end for block in granted for end in (block.from_, block.to) if end]
            found = f"{number} stands for no tenant at the attendants' company"
            yield slug, OUTSIDE.at(path, found, expected=f"a number of {listed}", nearest=nearest(number, ends))


def check_twice(_: Provider | None, claims: Mapping[str, Claims]) -> Iterator[tuple[str, Finding]]:
    owners: dict[str, list[str]] = {}
    for slug, claim in claims.items():
        for number in claim.attendant_numbers:
            owners.setdefault(number, []).append(slug)
    for number, slugs in owners.items():
        for slug in slugs if len(slugs) > 1 else ():
            others = ", ".join(sorted(other for other in slugs if other != slug))
            found = f"{number} stands for {others} too"
            yield slug, TWICE.at(claims[slug].attendant_numbers[number], found, expected="a number of one tenant only")
