"""Trunks that cannot carry what must be carried."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from provisioner.core.feature import Claims
from provisioner.core.findings import Finding, Rule, Severity, nearest
from provisioner.environments import Lab
from provisioner.provider import Provider

NO_EMERGENCY = Rule(
    code="X103",
    title="No trunk for emergency calls",
    why="A user in distress would hear that the call cannot be made.",
    remedy="Mark at least one trunk with `emergency: yes`, after the carrier has agreed to take such calls.",
    bad="trunks: {carrier: {address: sip.carrier.example}}",
    good="trunks: {carrier: {address: sip.carrier.example, emergency: yes, numbers: [+]}}",
    source="Directive (EU) 2018/1972, article 109",
)
NO_WAY_OUT = Rule(
    code="X104",
    title="No trunk for ordinary calls",
    why="No user can call the public network. A trunk with `emergency: yes` carries only emergency calls unless it "
    "names `numbers`.",
    remedy="Add a trunk, or `numbers` to one.",
    bad="trunks: {emergency: {address: sip.carrier.example, emergency: yes}}",
    good='trunks: {carrier: {address: sip.carrier.example, emergency: yes, numbers: ["+"]}}',
    severity=Severity.WARNING,
    source="N8",
)
UNKNOWN = Rule(
    code="X105",
    title="Address for a trunk that does not exist",
    why="The real carrier would be called from an environment that is meant for tests.",
    remedy="Use the name of a trunk.",
    bad="trunks: {carrier: …}\nenvironments: {test: {trunk_addresses: {carier: 192.0.2.7}}}",
    good="trunks: {carrier: …}\nenvironments: {test: {trunk_addresses: {carrier: 192.0.2.7}}}",
    source="N8",
)


def check_emergency(provider: Provider | None, _: Mapping[str, Claims]) -> Iterator[tuple[str, Finding]]:
    if provider and provider.environments and not any(trunk.emergency for trunk in provider.trunks.values()):
        near = next(iter(provider.trunks), "")
        found = f"none of {len(provider.trunks)} trunks takes emergency calls"
        yield "", NO_EMERGENCY.at(("trunks",), found, expected="a trunk with emergency: yes", nearest=near, on_key=True)


def check_ordinary(provider: Provider | None, _: Mapping[str, Claims]) -> Iterator[tuple[str, Finding]]:
    if provider and provider.environments and not any(trunk.carried for trunk in provider.trunks.values()):
        found = f"none of {len(provider.trunks)} trunks takes ordinary calls"
        yield "", NO_WAY_OUT.at(("trunks",), found, expected='a trunk with numbers: ["+"]', on_key=True)


def check_addresses(provider: Provider | None, _: Mapping[str, Claims]) -> Iterator[tuple[str, Finding]]:
    for name, environment in provider.environments.items() if provider else ():
        for trunk in () if isinstance(environment, Lab) else environment.trunk_addresses:
            if provider and trunk not in provider.trunks:
                listed = ", ".join(provider.trunks) or "a trunk of the section `trunks`"
                path = ("environments", name, "trunk_addresses", trunk)
                near = nearest(trunk, provider.trunks)
                found = f"no trunk is called {trunk!r}"
                yield "", UNKNOWN.at(path, found, expected=f"one of {listed}", nearest=near, on_key=True)
