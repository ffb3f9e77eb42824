"""Both sides of each tenant that changes: its file as state remembers it, and as it is now; and what that means."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from provisioner.core import record
from provisioner.core.deployment import Outputs, tenant_stack
from provisioner.provider import Provider

from . import describe, moved, pricing, resting
from .describe import Sentence
from .unwritten import Unwritten

FILE = "file"
"""The resource that holds a tenant's file as it was applied."""

TENANT = ".tenant."
"""What stands between environment and slug in the name of a tenant's stack."""

Document = Mapping[str, Any] | None
"""A tenant file as written; None where the tenant is not there."""

Sides = Mapping[str, tuple[Document, Document]]
"""slug → the file before and after."""


@dataclass(frozen=True, slots=True)
class Words:
    """What changes for the callers and users of one tenant, danger first."""

    slug: str
    """Empty for the platform itself."""
    sentences: tuple[Sentence, ...]


def sides(stacks: Iterable[str], records: Mapping[str, str], outputs: Outputs) -> Sides:
    """Of those stacks that are tenants'; `records` holds the file of each tenant of the folder, packed, by its slug."""
    return {
        slug: (applied(stack, outputs), record.unpack(records[slug]) if slug in records else None)
        for stack in stacks
        if (slug := stack.partition(TENANT)[2])
    }


def applied(stack: str, outputs: Outputs) -> Document:
    """The tenant's file as it was applied; None where it never was, to the end."""
    packed = str(outputs(stack).get(FILE, {}).get("record", ""))
    return record.unpack(packed) if packed else None


def everywhere(environment: str, stacks: Iterable[str], outputs: Outputs) -> dict[str, Document]:
    """Every tenant of the environment as it was applied, by slug."""
    prefix = tenant_stack(environment, "")
    return {each.removeprefix(prefix): applied(each, outputs) for each in stacks if each.startswith(prefix)}


def words(
    changed: Sides,
    provider: Provider,
    unwritten: Unwritten = MappingProxyType({}),
    renamed_tenants: Mapping[str, tuple[Sentence, ...]] = MappingProxyType({}),
) -> Iterator[Words]:
    """What is told of each tenant that changes; before them of the platform, where there is anything.

    `renamed_tenants` is what is said of each tenant that has another name now.
    """
    beside = {stack.partition(TENANT)[2]: told for stack, told in unwritten.items()}
    if told := beside.get(""):
        yield Words("", told)
    numbers = list(resting.told(changed, provider))
    tenants = moved.tenants(changed)
    for slug, side in changed.items():
        (before, renamed), after = moved.followed(*side), side[1]
        sentences = [
            *([tenants[slug]] if slug in tenants else []),
            *renamed_tenants.get(slug, ()),
            *moved.told(renamed),
            *moved.unsaid(slug, before, after),
            *describe.describe(before, after),
            *beside.get(slug, ()),
            *(told for owner, told in numbers if owner == slug),
        ]
        sentences.sort(key=lambda each: not each.dangerous)
        yield Words(slug, (*sentences, *pricing.priced(before, after, provider.catalogue)))
