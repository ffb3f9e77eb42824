"""Every rule that a run can find broken, gathered from the readers, the rooms, the rules and the targets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache

from provisioner.core.findings import Rule
from provisioner.rules import PLATFORM_RULES, TENANT_RULES
from provisioner.targets.asterisk import link as asterisk_link
from provisioner.targets.kamailio import link as kamailio_link
from provisioner.tenant import FEATURES

from . import load, policing, references, structure, validate, yaml_reader


@cache
def rules() -> Mapping[str, Rule]:
    """code → rule, in the order of the codes; a code that two rules claim names both."""
    found: dict[str, Rule] = {}
    for rule in _all():
        if found.setdefault(rule.code, rule) is not rule:
            raise ValueError(f"two rules have the code {rule.code}: {found[rule.code].title!r} and {rule.title!r}")
    return dict(sorted(found.items()))


def _all() -> Iterator[Rule]:
    for part in (yaml_reader, load, structure, references, validate, policing, asterisk_link, kamailio_link):
        yield from part.RULES
    for feature in FEATURES:
        yield from feature.rules
    for tenant_rule in TENANT_RULES:
        yield tenant_rule.rule
    for platform_rule in PLATFORM_RULES:
        yield platform_rule.rule
