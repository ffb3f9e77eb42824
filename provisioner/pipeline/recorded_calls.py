"""What a person means who asks for recorded calls: which of them, and whether she may."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from provisioner.core.errors import UsageError
from provisioner.core.ports.recordings import RecordedCall

from .validate import Specification

ENGINEER = "the provider"
"""Who acts where no user is named: whoever holds the tenant's key."""


def chosen(
    calls: Iterable[RecordedCall], *, user: str = "", number: str = "", since: datetime | None = None
) -> Iterator[RecordedCall]:
    """Those that every filter lets through. A number is the other party's, or the recorded one of the tenant's own."""
    wanted = number.lstrip("+")
    for each in calls:
        numbers = (each.number.lstrip("+"), each.name if each.reason == "number" else "")
        fits = (not user or user == each.user, not wanted or wanted in numbers, since is None or each.at >= since)
        if all(fits):
            yield each


def listener(specification: Specification, tenant: str, user: str) -> bool:
    """Whether the user may listen. Raises UsageError where there is no such user."""
    if user not in specification.tenants[tenant].users:
        raise UsageError(f"{tenant} has no user {user!r}", "name one of the tenant's file")
    kept = specification.tenants[tenant].recording
    return kept is not None and any(each.name == user for each in kept.listeners)
