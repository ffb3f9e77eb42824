"""`pbx desk`: who is logged in at which shared telephone; logs a user out there."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .deployment import EnvironmentOption, running
from .options import FolderOption, Format, FormatOption

if TYPE_CHECKING:
    from provisioner.pipeline.seats import Place

FORMAT_VERSION = 1


class Action(StrEnum):
    SHOW = "show"
    OUT = "out"


def desk(
    tenant: Annotated[str, typer.Argument(help="The tenant.")],
    place: Annotated[
        str | None, typer.Argument(metavar="DESK", help="A place of `hot_desks`; all of them where none is named.")
    ] = None,
    action: Annotated[Action, typer.Argument(help="show, or out: whoever is logged in there no longer is.")] = (
        Action.SHOW
    ),
    env: EnvironmentOption = "lab",
    form: FormatOption = Format.TEXT,
    folder: FolderOption = Path(),
) -> None:
    """Show who is logged in at which shared telephone, or log her out there.

    A call that is up goes on. The telephone's next calls are the place's own again.
    """
    from provisioner.core.errors import UsageError
    from provisioner.pipeline import seats

    if place is None and action is Action.OUT:
        raise UsageError("no place is named", "write `pbx desk TENANT DESK out`")
    verification, specification = running(folder, env, tenant)
    wanted = seats.desks(specification, tenant) if place is None else (seats.find(specification, tenant, place),)
    desks = verification.desks()
    if action is Action.OUT:
        asyncio.run(desks.log_out(tenant, wanted[0]))
    every = seats.places(specification, tenant, asyncio.run(desks.seats(tenant)), datetime.now(UTC))
    found = [each for each in every if each.desk in wanted]
    if form is Format.JSON:
        shown = [
            {"desk": each.desk, "user": each.user or None, "until": each.until.isoformat() if each.until else None}
            for each in found
        ]
        print(json.dumps({"format_version": FORMAT_VERSION, "tenant": tenant, "desks": shown}))
        return
    for each in found:
        print(f"{tenant} {_words(each)}")


def _words(place: Place) -> str:
    if place.until is None:
        return f"{place.desk} ({place.title}): nobody is logged in"
    return f"{place.desk} ({place.title}): {place.user} ({place.name}) until {place.until:%Y-%m-%d %H:%M}"
