"""DECT bases as the provisioning bundle has them; their handsets come from the users."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.core.feature import Scope
from provisioner.targets.provisioning.models import BASES
from provisioner.targets.provisioning.objects import Base

from .model import DectBase


def lower(bases: dict[str, DectBase], scope: Scope) -> Iterator[Base]:
    for name, base in bases.items():
        maker, takes = BASES[base.model]
        yield Base(
            name=name,
            takes=takes,
            tenant=scope.slug,
            link=f"links/{scope.slug}/base.{name}",
            maker=maker,
            mac=base.mac,
            book=scope.contact_book,
            source=("dect_bases", name),
        )
