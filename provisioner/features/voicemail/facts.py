"""What other rooms may know of the tenant's shared mailboxes."""

from __future__ import annotations

from dataclasses import replace

from provisioner.core.capabilities import Capability
from provisioner.core.feature import Files, Scope, Use

from .model import SharedMailbox


def contribute(boxes: dict[str, SharedMailbox], scope: Scope, _: Files) -> Scope:
    return replace(
        scope, uses=scope.uses + tuple(Use(Capability.SHARED_VOICEMAIL, ("voicemail", name)) for name in boxes)
    )
