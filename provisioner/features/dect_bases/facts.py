"""What other rooms may know of DECT bases: their hardware addresses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from provisioner.core.feature import Files, Scope
from provisioner.core.source import Path

from .model import DectBase


def contribute(bases: dict[str, DectBase], scope: Scope, _: Files) -> Scope:
    return replace(scope, macs=_owners(bases, scope.macs))


def _owners(bases: dict[str, DectBase], others: Mapping[str, Path]) -> Mapping[str, Path]:
    """hardware address → the first place that says it, users' telephones before bases."""
    found = dict(others)
    for name, base in bases.items():
        found.setdefault(base.mac, ("dect_bases", name, "mac"))
    return found
