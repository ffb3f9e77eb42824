"""Calls that external attendants answered, from a core's channel event log, and what each costs by the catalogue.

Her leg leaves the event `attendant` before it rings. She is busy from its answer until it ends: where she connects the
caller, until then.
What has no beginning or no end in the log is not told.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from provisioner.features.plans import tariffs
from provisioner.features.plans.model import Answered, Catalogue, Mediation
from provisioner.targets.asterisk import attendants
from provisioner.tenant import Tenant

from . import metering
from .invoicing import Month
from .metering import Row


@dataclass(frozen=True, slots=True)
class Attended:
    """One call that an external attendant answered."""

    tenant: str
    attendant: str
    """Her name in the tenant's file."""
    number: str
    """The tenant's number that was called first."""
    caller: str
    answered: datetime
    """Aware, UTC."""
    seconds: int
    """Begun seconds for which she was busy."""
    connected: str = ""
    """The extension to which she connected the caller; empty where she took a message or gave information."""

    @property
    def mediation(self) -> Mediation:
        return Mediation.CONNECTED if self.connected else Mediation.MESSAGE


@dataclass(frozen=True, slots=True)
class Record:
    """A call with what it costs."""

    call: Attended
    add_on: str
    """Which add-on it costs by; empty where the tenant has none that day, or where no tariff fits."""
    tariff: str = ""
    title: str = ""
    price: Decimal = Decimal(0)


def calls(log: str) -> list[Attended]:
    """Every answered call of the log, by the time of its answer."""
    legs: dict[str, list[Row]] = defaultdict(list)
    for row in metering.rows(log):
        legs[row["leg"]].append(row)
    found = (each for rows in legs.values() for each in _attended(rows))
    return sorted(found, key=lambda each: (each.answered, each.tenant, each.number))


def _attended(rows: Sequence[Row]) -> Iterator[Attended]:
    """What one leg tells: whose it is before it rings, its answer, perhaps that she connected the caller, its end."""
    events = {row["name"] or row["event"]: row for row in rows}
    hers, answer, end = events.get(attendants.CALLED), events.get("ANSWER"), events.get("HANGUP")
    if hers and answer and end:
        tenant, _, context = hers["context"].partition(".")
        called, _, caller = _extra(hers).partition(" ")
        begun = float(answer["time"])
        seconds = max(1, -int((begun - float(end["time"])) // 1))
        connected = _extra(events[attendants.CONNECTED]) if attendants.CONNECTED in events else ""
        at = datetime.fromtimestamp(begun, UTC)
        yield Attended(tenant, context.rpartition(".")[2], called, caller, at, seconds, connected)


def records(
    slug: str, tenant: Tenant, catalogue: Catalogue, month: Month, made: Iterable[Attended]
) -> tuple[Record, ...]:
    """A tenant's calls of a month with their prices. Days and hours are by the tenant's clock."""
    zone = ZoneInfo(tenant.time_zone)
    own = ((each, each.answered.astimezone(zone)) for each in made if each.tenant == slug)
    return tuple(_priced(each, at, tenant, catalogue) for each, at in own if month.first <= at.date() <= month.last)


def counted(found: Iterable[Record]) -> Mapping[tuple[str, str], int]:
    """Add-on and tariff → how many calls cost by it."""
    return Counter((each.add_on, each.tariff) for each in found)


def _priced(call: Attended, at: datetime, tenant: Tenant, catalogue: Catalogue) -> Record:
    for name, answered in _bought(at, tenant, catalogue):
        if tariff := tariffs.chosen(answered, at, call.mediation, call.seconds):
            what = answered.tariffs[tariff]
            return Record(call, name, tariff, what.title or tariff, what.price)
    return Record(call, "")


def _bought(at: datetime, tenant: Tenant, catalogue: Catalogue) -> Iterator[tuple[str, Answered]]:
    """Add-ons with attendants that the tenant has on the day."""
    for name, bought in tenant.add_ons.items():
        offer = catalogue.add_ons.get(name)
        if offer and offer.answered and bought.days(at.date(), at.date()):
            yield name, offer.answered


def _extra(row: Row) -> str:
    return str(json.loads(row["extra"]).get("extra", ""))
