"""What a person means who switches a schedule from outside: which one, and until when."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from provisioner.core.errors import UsageError
from provisioner.core.feature import Scope
from provisioner.core.findings import nearest
from provisioner.core.ports.switches import Switched
from provisioner.features.schedules.model import Schedule
from provisioner.features.schedules.switch import pin_secret
from provisioner.targets.asterisk import switches

from .validate import Specification

FORMS = "a time of day such as 17:00, or a day with it, such as 2026-12-24T17:00"


@dataclass(frozen=True, slots=True)
class Found:
    """A schedule of a tenant."""

    tenant: str
    name: str
    schedule: Schedule
    scope: Scope

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.schedule.time_zone or self.scope.time_zone)

    @property
    def pin(self) -> str:
        """The handle of its PIN; empty where none is asked for."""
        asked = self.schedule.switch and self.schedule.switch.pin
        return pin_secret(self.tenant, self.name) if asked else ""


def find(specification: Specification, tenant: str, name: str) -> Found:
    """The schedule of that name; raises UsageError with the nearest where there is none."""
    known = specification.tenants[tenant].schedules
    if name not in known:
        near = nearest(name, known)
        hint = f"did you mean {near}?" if near else f"it has: {', '.join(known) or 'none'}"
        raise UsageError(f"{tenant} has no schedule {name!r}", hint)
    return Found(tenant, name, known[name], specification.scopes[tenant])


def every(specification: Specification, tenant: str) -> list[Found]:
    """Each schedule of a tenant, in the order of its file; raises UsageError where there is none."""
    if not specification.tenants[tenant].schedules:
        raise UsageError(f"{tenant} has no schedule", f"add one under `schedules` in the file of {tenant}")
    return [find(specification, tenant, name) for name in specification.tenants[tenant].schedules]


def in_force(found: Switched, now: datetime) -> Switched:
    """What decides at an instant: a switch whose time is over has let go, though the node may note it half a minute
    later."""
    return Switched(switches.AUTO) if found.until and found.until <= now.timestamp() else found


def until(text: str, now: datetime, zone: ZoneInfo) -> int:
    """The second since 1970 that a person means: the next such time of day, or that time of that day, by the schedule's
    clock. Raises UsageError where it is over, or no time at all."""
    local = now.astimezone(zone)
    try:
        if re.fullmatch(r"\d{1,2}:\d\d", text):
            hour, minute = map(int, text.split(":"))
            clock = time(hour, minute)
            meant = datetime.combine(local.date(), clock, zone)
            if meant <= now:
                meant = datetime.combine(local.date() + timedelta(days=1), clock, zone)
        else:
            meant = datetime.fromisoformat(text)
            meant = meant if meant.tzinfo else meant.replace(tzinfo=zone)
    except ValueError:
        raise UsageError(f"{text!r} is no time", f"write {FORMS}") from None
    if meant.astimezone(UTC) <= now.astimezone(UTC):
        raise UsageError(f"{text} is over", "write a time that is still to come")
    return int(meant.timestamp())
