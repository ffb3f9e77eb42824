"""What a tenant's limits come to at a moment: who has spent how much of what today, and whether a stop is in force."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from provisioner.core.errors import UsageError
from provisioner.core.findings import nearest
from provisioner.core.ports.limits import Spent
from provisioner.features.outbound.facts import pin_secret

from .validate import Specification


@dataclass(frozen=True, slots=True)
class Account:
    """One limit of spending. `user` is empty for the whole tenant."""

    user: str
    spent: Decimal
    daily: Decimal
    end: Decimal
    """At which calls that are up end."""


def accounts(specification: Specification, tenant: str, found: Mapping[str, Spent], now: datetime) -> Iterator[Account]:
    """The tenant's, then those of its users, in the order of the file; what was spent on another day is nothing."""
    limits, scope = specification.tenants[tenant].limits, specification.scopes[tenant]
    today = f"{now.astimezone(ZoneInfo(scope.time_zone)):%Y%m%d}"
    of_users = ((name, limits.of(name).spend) for name in specification.tenants[tenant].users)
    for user, limit in (("", limits.spend), *of_users):
        if limit:
            entry = found.get(user, Spent())
            yield Account(user, entry.amount if entry.day == today else Decimal(0), limit.daily, limit.end)


def pin_of(specification: Specification, tenant: str, user: str) -> str:
    """The handle of a user's PIN for barred calls; raises UsageError with the nearest where she has none."""
    override = specification.tenants[tenant].outbound.override
    having = [each.name for each in override.users] if override else []
    if user not in having:
        near = nearest(user, having)
        hint = f"did you mean {near}?" if near else f"those have: {', '.join(having) or 'none'}"
        raise UsageError(f"{user!r} of {tenant} opens no barred calls by a PIN", hint)
    return pin_secret(tenant, user)
