"""`pbx activity`: sets, shows and clears what a user is doing, as she does by phone; shows all users of a tenant."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, tzinfo
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .deployment import EnvironmentOption, running
from .options import FolderOption, Format, FormatOption

if TYPE_CHECKING:
    from provisioner.core.ports.activities import Activities, Doing
    from provisioner.pipeline.doing import Found

FORMAT_VERSION = 1


class Action(StrEnum):
    SHOW = "show"
    SET = "set"
    CLEAR = "clear"


def activity(
    tenant: Annotated[str, typer.Argument(help="The tenant.")],
    user: Annotated[
        str | None, typer.Argument(help="The user of the tenant's file; all of them where none is named.")
    ] = None,
    action: Annotated[Action, typer.Argument(help="show, set, or clear: available again.")] = Action.SHOW,
    name: Annotated[str | None, typer.Argument(metavar="ACTIVITY", help="The activity to set.")] = None,
    until: Annotated[
        str | None,
        typer.Option("--until", metavar="TIME", help="When she is available again: 13:00 or 2026-12-24T17:00."),
    ] = None,
    note: Annotated[str, typer.Option("--note", help="A line for colleagues.")] = "",
    env: EnvironmentOption = "lab",
    form: FormatOption = Format.TEXT,
    folder: FolderOption = Path(),
) -> None:
    """Set what a user is doing, until a time or until she says otherwise; or show what all are doing.

    With all users stand the calendars that cannot be read: what was last known of them holds on.
    """
    from provisioner.core.errors import UsageError
    from provisioner.core.ports.activities import Doing
    from provisioner.pipeline import doing, switching

    if user is None and action is not Action.SHOW:
        raise UsageError("nobody is named", "write `pbx activity TENANT USER set lunch --until 13:00`")
    if (action is Action.SET) != (name is not None):
        raise UsageError("an activity belongs to set", "write `pbx activity TENANT USER set lunch --until 13:00`")
    if action is not Action.SET and (until or note):
        raise UsageError("--until and --note belong to set", "write `pbx activity TENANT USER set lunch --until 13:00`")
    verification, specification = running(folder, env, tenant)
    activities = verification.activities()
    if user is None:
        _all(doing.everybody(specification, tenant), activities, form)
        return
    found = doing.find(specification, tenant, user)
    if name is not None:
        ends = switching.until(until, datetime.now(UTC), found.zone) if until else None
        asyncio.run(activities.set(tenant, user, doing.meant(found, name, ends, note)))
    elif action is Action.CLEAR:
        asyncio.run(activities.set(tenant, user, Doing()))
    now = doing.in_force(asyncio.run(activities.get(tenant, user)), datetime.now(UTC))
    if form is Format.JSON:
        facts = {"format_version": FORMAT_VERSION, "tenant": tenant, **_facts(found, now)}
        print(json.dumps(facts, ensure_ascii=False))
    else:
        print(f"{tenant} {_words(found, now)}")


def _all(everybody: list[Found], activities: Activities, form: Format) -> None:
    from provisioner.core.ports.activities import Doing
    from provisioner.pipeline import doing

    tenant, zone = everybody[0].tenant, everybody[0].zone  # a tenant without users has no activities to ask for
    found = asyncio.run(activities.everybody(tenant))
    troubles = sorted(asyncio.run(activities.troubles(tenant)).items())
    now = [(each, doing.in_force(found.get(each.user, Doing()), datetime.now(UTC))) for each in everybody]
    if form is Format.JSON:
        calendars = [
            {"user": user, "why": each.why, "since": _at(each.since, zone), "read": each.read and _at(each.read, zone)}
            for user, each in troubles
        ]
        users = [_facts(*each) for each in now]
        facts = {"format_version": FORMAT_VERSION, "tenant": tenant, "users": users, "calendars": calendars}
        print(json.dumps(facts, ensure_ascii=False))
        return
    for who, what in now:
        print(_words(who, what))
    for user, each in troubles:
        last = f"what it said at {_at(each.read, zone)} holds on" if each.read else "it never could"
        print(f"warning: the calendar of {user} cannot be read since {_at(each.since, zone)}, {last}: {each.why}")


def _at(second: int, zone: tzinfo) -> str:
    return datetime.fromtimestamp(second, zone).isoformat(timespec="seconds")


def _facts(found: Found, now: Doing) -> dict[str, Any]:
    until = _at(now.until, found.zone) if now.until else None
    facts = {"user": found.user, "activity": now.activity, "title": found.title(now.activity)}
    return {**facts, "until": until, "note": now.note, "by": now.by}


def _words(found: Found, now: Doing) -> str:
    end = f" until {datetime.fromtimestamp(now.until, found.zone):%Y-%m-%d %H:%M}" if now.until else ""
    by = {"calendar": " by her calendar", "chat": " by her status in chat"}.get(now.by, "")
    return f"{found.user}: {now.activity}{end}{by}" + (f" ({now.note})" if now.note else "")
