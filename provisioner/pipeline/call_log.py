"""What a person means who asks for the log of calls."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from provisioner.core.errors import UsageError
from provisioner.core.findings import nearest
from provisioner.core.ports.call_log import KINDS

from .validate import Specification


def zone_of(specification: Specification, tenant: str, user: str, kind: str) -> ZoneInfo:
    """In which the calls are told. Raises UsageError with the nearest name for a user or kind that is not there."""
    document = specification.tenants[tenant]
    for found, known, what in (
        (user, tuple(document.users), f"{tenant} has no user"),
        (kind, KINDS, "there is no kind"),
    ):
        if found and found not in known:
            near = nearest(found, known)
            raise UsageError(f"{what} {found!r}", f"did you mean {near}?" if near else f"it has: {', '.join(known)}")
    return ZoneInfo(document.time_zone)
