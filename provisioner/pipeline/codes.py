"""The phone codes of tenants, as people look them up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from provisioner.tenant import claimed_codes

from .validate import Specification


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that is done by a code."""

    tenant: str
    dialled: tuple[str, ...]
    title: str
    service: str
    """The key in the section `codes` that gives it another code; empty where the thing itself says its code."""
    place: str
    """File, line and column that say so."""


def rows(specification: Specification) -> Iterator[Row]:
    """The codes of all tenants in the order of their files, each with its line."""
    documents = {each.slug: each for each in specification.folder.tenants}
    for slug, tenant in specification.tenants.items():
        for claim in claimed_codes(tenant, specification.scopes[slug]):
            place = str(documents[slug].source.span(claim.path))
            yield Row(slug, claim.dialled, claim.title, claim.service, place)
