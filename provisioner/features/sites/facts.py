"""What other rooms may know of the tenant's sites."""

from __future__ import annotations

from dataclasses import replace

from provisioner.core.capabilities import Capability
from provisioner.core.feature import Files, Scope, Use

from .model import Site


def contribute(sites: dict[str, Site], scope: Scope, _: Files) -> Scope:
    first, *further = sites or ("",)
    uses = tuple(Use(Capability.FURTHER_SITE, ("sites", name)) for name in further)
    return replace(scope, first_site=first, uses=scope.uses + uses)
