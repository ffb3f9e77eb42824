"""`pbx conference book` and what belongs to it: telephone conferences at a time, with invitations and reminders."""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from . import screen
from .conference import NameArgument, TenantArgument
from .conference import app as app
from .deployment import EnvironmentOption, duration, running
from .options import FolderOption, Format, FormatOption

if TYPE_CHECKING:
    from provisioner.core.ports.bookings import Booking, Bookings
    from provisioner.pipeline.booking import Made
    from provisioner.pipeline.validate import Specification
    from provisioner.wiring import Verification

FORMAT_VERSION = 1
HOUR = 3600


class Every(StrEnum):
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


AtOption = Annotated[
    datetime, typer.Option("--at", formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"], help="When, by the tenant's clock.")
]
NewAtOption = Annotated[
    datetime | None,
    typer.Option("--at", formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"], help="Another time; of a series, its first."),
]
LengthOption = Annotated[
    int | None, typer.Option("--for", metavar="TIME", parser=duration, help="How long, as 45m or 1h.")
]
InviteOption = Annotated[
    list[str] | None, typer.Option("--invite", metavar="WHO", help="A user, mail address or mobile number; repeat it.")
]
IdArgument = Annotated[str, typer.Argument(help="The booking, as `pbx conference bookings` names it.")]


@app.command("book")
def book(
    tenant: TenantArgument,
    name: NameArgument,
    at: AtOption,
    organizer: Annotated[str, typer.Option("--by", metavar="USER", help="The user who invites, by mail address.")],
    invite: InviteOption = None,
    length: LengthOption = None,
    title: Annotated[str, typer.Option("--title", help="What it is about.", show_default="the conference's")] = "",
    every: Annotated[Every | None, typer.Option("--every", help="How often it is held again.")] = None,
    times: Annotated[int, typer.Option("--times", min=1, help="How many times in all.")] = 1,
    until: Annotated[datetime | None, typer.Option("--until", formats=["%Y-%m-%d"], help="The last day.")] = None,
    remind: Annotated[
        list[int] | None,
        typer.Option("--remind", metavar="TIME", parser=duration, help="Remind so long before, as 15m or 24h; repeat."),
    ] = None,
    env: EnvironmentOption = "lab",
    form: FormatOption = Format.TEXT,
    folder: FolderOption = Path(),
) -> None:
    """Book a telephone conference, and invite people to it by mail with a calendar's entry, else by text message.

    Everybody gets the number and the PIN; reminders go by text message where somebody has a mobile number.
    """
    from provisioner.core.ports.bookings import Booking
    from provisioner.pipeline.booking import booked, checked
    from provisioner.pipeline.conferring import KIND, find

    name, organizer = name.removeprefix(KIND), organizer.removeprefix("user:")
    verification, specification = running(folder, env, tenant)
    scope = specification.scopes[tenant]
    conference = find(specification, tenant, name)
    made = _made(verification, specification, tenant, name, organizer)
    new = Booking(
        id=str(uuid.uuid4()),
        conference=name,
        title=title or conference.title or name,
        organizer=organizer,
        invited=tuple(dict.fromkeys(invite or ())),
        zone=scope.time_zone,
        moments=(_moment(at, scope.time_zone),),
        seconds=length or HOUR,
        every=every.value if every else "",
        remind=tuple(sorted(set(remind or ()), reverse=True)),
        sender=scope.name,
    )
    new = checked(new, made)
    kept = verification.bookings()
    others = _booked(kept, specification, tenant)
    new = booked(new, others, made, times, until.date() if until else None)
    asyncio.run(kept.keep(tenant, new))
    _show([new], form)


@app.command("change")
def change(
    tenant: TenantArgument,
    id: IdArgument,
    at: NewAtOption = None,
    length: LengthOption = None,
    title: Annotated[str, typer.Option("--title", help="What it is about.")] = "",
    invite: InviteOption = None,
    without: Annotated[
        list[str] | None, typer.Option("--without", metavar="WHO", help="Somebody who is no longer invited; repeat it.")
    ] = None,
    env: EnvironmentOption = "lab",
    form: FormatOption = Format.TEXT,
    folder: FolderOption = Path(),
) -> None:
    """Change a booking; everybody is told, and calendars change their entry."""
    from provisioner.pipeline.booking import changed, checked, without_guests

    verification, specification = running(folder, env, tenant)
    kept = verification.bookings()
    others = _booked(kept, specification, tenant)
    old = _one(others, tenant, id)
    made = _made(verification, specification, tenant, old.conference, old.organizer)
    new = replace(
        old,
        moments=(_moment(at, old.zone),) if at else old.moments,
        seconds=length or old.seconds,
        title=title or old.title,
        invited=tuple(dict.fromkeys((*without_guests(old.invited, without or ()), *(invite or ())))),
    )
    new = changed(checked(new, made), old, others, made)
    asyncio.run(kept.keep(tenant, new))
    _show([new], form)


@app.command("cancel")
def cancel(
    tenant: TenantArgument,
    id: IdArgument,
    env: EnvironmentOption = "lab",
    form: FormatOption = Format.TEXT,
    folder: FolderOption = Path(),
) -> None:
    """Cancel a booking; everybody is told, and calendars take their entry away."""
    from provisioner.pipeline.booking import Made, Way, cancelled

    verification, specification = running(folder, env, tenant)
    kept = verification.bookings()
    old = _one(_booked(kept, specification, tenant), tenant, id)
    # The conference may be no longer in the file.
    gone = cancelled(old, Made(specification.scopes[tenant], Way((), ""), int(time.time())))
    asyncio.run(kept.keep(tenant, gone))
    _show([gone], form)


@app.command("bookings")
def bookings(
    tenant: TenantArgument,
    past: Annotated[bool, typer.Option("--past", help="Those that are over or cancelled, too.")] = False,
    env: EnvironmentOption = "lab",
    form: FormatOption = Format.TEXT,
    folder: FolderOption = Path(),
) -> None:
    """List the telephone conferences that are booked, the next first."""
    verification, specification = running(folder, env, tenant)
    found = _booked(verification.bookings(), specification, tenant)
    _show([each for each in found if past or (each.over > time.time() and not each.cancelled)], form)


def _booked(kept: Bookings, specification: Specification, tenant: str) -> tuple[Booking, ...]:
    from provisioner.pipeline.booking import under_new_names

    found, moves = asyncio.run(kept.booked(tenant)), specification.tenants[tenant].moved
    return tuple(under_new_names(each, moves) for each in found)


def _made(verification: Verification, specification: Specification, tenant: str, name: str, organizer: str) -> Made:
    from provisioner.pipeline.booking import Made, Way, ways
    from provisioner.pipeline.conferring import find, handle_of

    scope, conference = specification.scopes[tenant], find(specification, tenant, name)
    numbers, extension = ways(scope, name, conference.extension)
    pins = ["", ""]
    if conference.pin:
        handles = (handle_of(specification, tenant, name, leaders=leaders) for leaders in (False, True))
        pins = [verification.deployment.secret_of_device(handle) for handle in handles]
    leads = organizer in {each.name for each in conference.leaders}
    return Made(scope, Way(numbers, extension, pins[0], "" if leads else pins[1]), int(time.time()))


def _moment(at: datetime, zone: str) -> int:
    from provisioner.core.errors import UsageError

    moment = int(at.replace(tzinfo=ZoneInfo(zone)).timestamp())
    if moment <= time.time():
        raise UsageError(f"{at:%Y-%m-%d %H:%M} is over", "write a time that is still to come")
    return moment


def _one(found: tuple[Booking, ...], tenant: str, id: str) -> Booking:
    """By its id, or by the beginning of it that is no other's."""
    from provisioner.core.errors import UsageError

    meant = [each for each in found if each.id.startswith(id) and not each.cancelled] if id else []
    if len(meant) != 1:
        some = "several bookings begin" if meant else "no booking that holds begins"
        raise UsageError(f"{some} with {id!r} in {tenant}", f"`pbx conference bookings {tenant}` lists them")
    return meant[0]


def _show(found: list[Booking], form: Format) -> None:
    from provisioner.pipeline.booking import facts

    told = [facts(each) for each in found]
    if form is Format.JSON:
        print(json.dumps({"format_version": FORMAT_VERSION, "bookings": told}, ensure_ascii=False, indent=2))
        return
    from rich.table import Table

    table = Table("next", "times", "for", "conference", "about", "by", "invited", "id", box=None, pad_edge=False)
    for each in found:
        ahead = [one for one in each.moments if one + each.seconds > time.time()] or list(each.moments[-1:])
        begins = f"{datetime.fromtimestamp(ahead[0], ZoneInfo(each.zone)):%Y-%m-%d %H:%M}"
        again = f"{len(ahead)}, every {each.every}" if each.every else "1"
        invited, length = ", ".join(each.invited), f"{each.seconds // 60} min"
        table.add_row(
            "cancelled" if each.cancelled else begins,
            again,
            length,
            each.conference,
            each.title,
            each.organizer,
            invited,
            each.id[:8],
        )
    screen.current().console().print(table)
