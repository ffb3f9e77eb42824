"""Who sits at which shared telephone, as whoever looks after them wants to see it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from provisioner.core.errors import UsageError
from provisioner.core.findings import nearest
from provisioner.core.ports.desks import Seat

from .validate import Specification


@dataclass(frozen=True, slots=True)
class Place:
    """A shared telephone, and who is logged in there."""

    desk: str
    title: str
    """What the place is called."""
    user: str = ""
    """Empty where it is the place's own."""
    name: str = ""
    until: datetime | None = None
    """When she is logged out by itself; aware, the tenant's time."""


def desks(specification: Specification, tenant: str) -> tuple[str, ...]:
    """The places of a tenant, in the order of the file. Raises UsageError where it has none."""
    section = specification.tenants[tenant].hot_desks
    if section is None:
        raise UsageError(f"{tenant} has no shared telephones", "write the section `hot_desks`")
    return tuple(each.name for each in section.desks)


def find(specification: Specification, tenant: str, desk: str) -> str:
    """Raises UsageError with the nearest name where the tenant has no such place."""
    known = desks(specification, tenant)
    if desk not in known:
        near = nearest(desk, known)
        remedy = f"did you mean {near}?" if near else f"it has: {', '.join(known)}"
        raise UsageError(f"{tenant} has no shared telephone {desk!r}", remedy)
    return desk


def places(specification: Specification, tenant: str, seats: Mapping[str, Seat], now: datetime) -> list[Place]:
    """Every place with who is logged in there at the instant; who may not any more is not, nor whose time is over."""
    users, zone = specification.tenants[tenant].users, ZoneInfo(specification.scopes[tenant].time_zone)
    allowed = specification.scopes[tenant].desk_users
    found = []
    for desk in desks(specification, tenant):
        place, seat = Place(desk, users[desk].name), seats.get(desk)
        if seat and seat.user in allowed and seat.until > now.timestamp():
            until = datetime.fromtimestamp(seat.until, zone)
            place = Place(desk, place.title, seat.user, users[seat.user].name, until)
        found.append(place)
    return found
