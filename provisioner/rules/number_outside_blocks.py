"""A public number that the provider does not hold, or holds for another tenant."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from provisioner.core.feature import Claims
from provisioner.core.findings import Finding, Rule, nearest
from provisioner.provider import Block, Provider

RULE = Rule(
    code="N202",
    title="Number outside the provider's blocks",
    why="Carriers send no call for it here, and refuse calls that show it.",
    remedy="Use a number of a block in provider.yaml, or add the block once the carrier has granted it.",
    bad='numbers: {"+46701234567": …}   # blocks: +46850100100–+46850100199',
    good='numbers: {"+46850100107": …}',
    source="N1",
)


def check(provider: Provider | None, claims: Mapping[str, Claims]) -> Iterator[tuple[str, Finding]]:
    if provider is None or not provider.number_blocks:
        return
    for slug, claim in claims.items():
        granted = [block for block in provider.number_blocks if not block.tenants or slug in block.tenants]
        for number in claim.numbers:
            if not any(block.holds(number) for block in granted):
                yield slug, _outside(number, slug, granted, provider.number_blocks)


def _outside(number: str, slug: str, granted: Sequence[Block], blocks: Sequence[Block]) -> Finding:
    holders = [block for block in blocks if block.holds(number)]
    found = f"{number} is in no block of the provider's"
    if holders:
        others = ", ".join(holders[0].tenants)
        found = f"{number} is of {holders[0]}, which is set aside for {others} and not for {slug}"
    listed = ", ".join(map(str, granted[:6])) + (", …" if len(granted) > 6 else "") or "a block granted to the tenant"
    ends = [end for block in granted for end in (block.from_, block.to) if end]
    return RULE.at(
        ("numbers", number), found, expected=f"a number of {listed}", nearest=nearest(number, ends), on_key=True
    )
