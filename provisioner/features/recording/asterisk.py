"""Recording in Asterisk: whose key seals the tenant's recordings, and how long they are kept."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.core.capabilities import Capability
from provisioner.core.feature import Scope
from provisioner.targets.asterisk.objects import AsteriskObject, Keeping

from .model import Recording


def lower(section: Recording | None, scope: Scope) -> Iterator[AsteriskObject]:
    # What was recorded before is kept as long as the file says, also where it records nothing any more.
    if section or any(each.capability is Capability.RECORDING for each in scope.uses):
        kept = section or Recording()
        yield Keeping(scope.slug, kept.retention, ("recording",) if section else None)
