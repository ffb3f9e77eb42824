"""What other rooms may know of the tenant's fax mailboxes."""

from __future__ import annotations

from dataclasses import replace

from provisioner.core.capabilities import Capability
from provisioner.core.feature import Files, Scope, Use

from .model import FaxMailbox


def contribute(boxes: dict[str, FaxMailbox], scope: Scope, _: Files) -> Scope:
    return replace(scope, uses=scope.uses + tuple(Use(Capability.FAX, ("fax", name)) for name in boxes))
