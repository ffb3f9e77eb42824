"""What other rooms may know of directories: they are sold as menus are."""

from __future__ import annotations

from dataclasses import replace

from provisioner.core.capabilities import Capability
from provisioner.core.feature import Files, Scope, Use

from .model import Directory


def contribute(directories: dict[str, Directory], scope: Scope, _: Files) -> Scope:
    uses = (Use(Capability.IVR, ("directories",)),) if directories else ()
    return replace(scope, uses=scope.uses + uses)
