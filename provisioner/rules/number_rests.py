"""A number that another tenant gave up a short time ago."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta

from provisioner.core.feature import Claims
from provisioner.core.findings import Finding, Rule
from provisioner.provider import Provider

RULE = Rule(
    code="N204",
    title="Number that still rests",
    why="People go on calling whom they know at this number: its new owner would get calls, and messages, that are "
    "meant for the last one.",
    remedy="Wait until its days are over, or choose another number.",
    bad='# provider.yaml, on the day after:\nresting_numbers: {"+46850100100": {tenant: klinik, since: 2027-01-15}}\n'
    '# verk.yaml:\nnumbers: {"+46850100100": …}',
    good='# verk.yaml:\nnumbers: {"+46850100101": …}',
    source="N1",
)


def check(provider: Provider | None, claims: Mapping[str, Claims]) -> Iterator[tuple[str, Finding]]:
    for number, rest in provider.resting_numbers.items() if provider else ():
        for slug, claim in claims.items():
            free = rest.since + timedelta(days=provider.number_rest) if provider else rest.since
            if number in claim.numbers and slug != rest.tenant and claim.today < free:
                found = f"{number} was {rest.tenant}'s until {rest.since - timedelta(days=1)}"
                expected = f"to wait until {free}, or another number"
                yield slug, RULE.at(("numbers", number), found, expected=expected, on_key=True)
