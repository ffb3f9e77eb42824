"""What a person means who sets a user's activity from outside, and what holds at an instant."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from provisioner.core.errors import UsageError
from provisioner.core.feature import Scope
from provisioner.core.findings import nearest
from provisioner.core.ports.activities import AVAILABLE, Doing
from provisioner.features.activities.model import Known, known
from provisioner.targets.asterisk.activities import LONGEST_NOTE

from .validate import Specification


@dataclass(frozen=True, slots=True)
class Found:
    """A user of a tenant, and what she may be doing."""

    tenant: str
    user: str
    activities: dict[str, Known]
    scope: Scope

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.scope.time_zone)

    def title(self, activity: str) -> str:
        """What it is called in the tenant's language; its name where the file no longer knows it."""
        return self.activities[activity].title_in(self.scope.language) if activity in self.activities else activity


def find(specification: Specification, tenant: str, user: str) -> Found:
    """Raises UsageError with the nearest name where the tenant has no such user, or no activities."""
    document, scope = specification.tenants[tenant], specification.scopes[tenant]
    if user not in document.users:
        raise _unknown(f"{tenant} has no user {user!r}", user, document.users)
    return Found(tenant, user, _activities(specification, tenant), scope)


def everybody(specification: Specification, tenant: str) -> list[Found]:
    """Every user of the tenant. Raises UsageError where it has no activities."""
    every, scope = _activities(specification, tenant), specification.scopes[tenant]
    return [Found(tenant, user, every, scope) for user in specification.tenants[tenant].users]


def _activities(specification: Specification, tenant: str) -> dict[str, Known]:
    every = known(specification.tenants[tenant].activities)
    if not every:
        raise UsageError(f"{tenant} has no activities", "write the section `activities`, be it empty: `activities: {}`")
    return every


def meant(found: Found, activity: str, until: int | None, note: str) -> Doing:
    """Raises UsageError for an activity that is not there, and for a note that no node could keep."""
    if activity not in found.activities:
        raise _unknown(f"{found.tenant} has no activity {activity!r}", activity, found.activities)
    if activity == AVAILABLE and until:
        raise UsageError("available has no end", "leave --until out")
    if (size := len(note.encode())) > LONGEST_NOTE or not note.isprintable():
        raise UsageError(f"a note of {size} bytes", f"write one line of at most {LONGEST_NOTE} bytes")
    return Doing(activity, until, note)


def in_force(doing: Doing, now: datetime) -> Doing:
    """What holds at an instant: what is over is not, though the node may forget it half a minute later."""
    return Doing() if doing.until and doing.until <= now.timestamp() else doing


def _unknown(message: str, name: str, names: Iterable[str]) -> UsageError:
    listed = list(names)
    near = nearest(name, listed)
    return UsageError(message, f"did you mean {near}?" if near else f"it has: {', '.join(listed) or 'none'}")
