"""One telephone that two users have, of one tenant or of two."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from provisioner.core.feature import Claims
from provisioner.core.findings import Finding, Rule
from provisioner.provider import Provider

RULE = Rule(
    code="N205",
    title="Hardware address that another tenant has too",
    why="A telephone has one owner: whoever is wrong here waits for a telephone that rings at somebody else's.",
    remedy="Read the address on the telephone's label, and take it out of the other file.",
    bad='# klinik.yaml and verk.yaml both:\nmac: "00:04:13:2A:45:6B"',
    good='# klinik.yaml alone:\nmac: "00:04:13:2A:45:6B"',
    source="U14",
)


def check(_: Provider | None, claims: Mapping[str, Claims]) -> Iterator[tuple[str, Finding]]:
    owners: dict[str, list[str]] = {}
    for slug, claim in claims.items():
        for mac in claim.macs:
            owners.setdefault(mac, []).append(slug)
    for mac, slugs in owners.items():
        for slug in slugs if len(slugs) > 1 else ():
            others = ", ".join(sorted(other for other in slugs if other != slug))
            found = f"{mac} is also a telephone of {others}"
            yield slug, RULE.at(claims[slug].macs[mac], found, expected="a telephone of one tenant only")
