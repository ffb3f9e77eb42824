"""One SIP domain in two tenants."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from provisioner.core.feature import Claims
from provisioner.core.findings import Finding, Rule
from provisioner.provider import Provider

RULE = Rule(
    code="N203",
    title="Domain that another tenant has too",
    why="Telephones log in by user and domain: an anna of one tenant would be the anna of the other.",
    remedy="Give each tenant a domain of its own.",
    bad="# klinik.yaml and verk.yaml both:\ndomain: example.com",
    good="# klinik.yaml:\ndomain: klinik.example.com\n# verk.yaml:\ndomain: verk.example.com",
    source="RFC 3261, 10.3",
)


def check(_: Provider | None, claims: Mapping[str, Claims]) -> Iterator[tuple[str, Finding]]:
    owners: dict[str, list[str]] = {}
    for slug, claim in claims.items():
        if claim.domain:
            owners.setdefault(claim.domain, []).append(slug)
    for domain, slugs in owners.items():
        for slug in slugs if len(slugs) > 1 else ():
            others = ", ".join(sorted(other for other in slugs if other != slug))
            expected = f"a domain of its own, such as {slug}.{domain}"
            yield slug, RULE.at(("domain",), f"{domain} is also the domain of {others}", expected=expected)
