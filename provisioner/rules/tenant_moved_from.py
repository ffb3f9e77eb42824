"""A tenant under the name that another one had, while that one's move is still noted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from provisioner.core.feature import Claims
from provisioner.core.findings import Finding, Rule
from provisioner.provider import Provider

RULE = Rule(
    code="M205",
    title="Move from the name of another tenant",
    why="The next apply would take mailboxes, recordings and numbers away from the tenant that has the name now.",
    remedy="Remove the move once it is applied everywhere, or give the new tenant another name.",
    bad="# nova.yaml, while there is an acme.yaml again:\nmoved: [{from: tenant:acme, to: tenant:nova}]",
    good="# nova.yaml, and no acme.yaml:\nmoved: [{from: tenant:acme, to: tenant:nova}]",
    source="decision 0038",
)


def check(_: Provider | None, claims: Mapping[str, Claims]) -> Iterator[tuple[str, Finding]]:
    owners: dict[str, list[str]] = {}
    for slug, claim in claims.items():
        for name in sorted(claim.formerly):
            owners.setdefault(name, []).append(slug)
            if name in claims:
                found = f"{slug} was {name}, and there is a tenant {name}"
                yield slug, RULE.at(("moved",), found, expected="a name that no tenant has any more", on_key=True)
    for name, slugs in owners.items():
        for slug in slugs if len(slugs) > 1 else ():
            others = ", ".join(other for other in slugs if other != slug)
            expected = "one tenant that had the name"
            yield slug, RULE.at(("moved",), f"{others} was {name} too", expected=expected, on_key=True)
