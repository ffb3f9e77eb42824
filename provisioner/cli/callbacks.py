"""`pbx callbacks`: the numbers that callers left in call-back menus and that nobody has called yet."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from . import screen
from .deployment import EnvironmentOption, running
from .options import FolderOption, Format, FormatOption

FORMAT_VERSION = 1


def callbacks(
    tenant: Annotated[str, typer.Argument(help="The tenant.")],
    done: Annotated[
        str | None, typer.Option("--done", metavar="ID", help="Take one off the list: it has been called.")
    ] = None,
    env: EnvironmentOption = "lab",
    form: FormatOption = Format.TEXT,
    folder: FolderOption = Path(),
) -> None:
    """List the numbers that wait for a call back, oldest first."""
    from provisioner.core.errors import UsageError

    verification, specification = running(folder, env, tenant)
    kept = verification.call_backs()
    if done is not None and not asyncio.run(kept.done(tenant, done)):
        raise UsageError(f"no number with the id {done} waits", f"`pbx callbacks {tenant}` lists them")
    zone = ZoneInfo(specification.tenants[tenant].time_zone)
    waiting = asyncio.run(kept.waiting(tenant))
    rows = [(each.id, each.menu, each.number, each.at.astimezone(zone)) for each in waiting]
    if form is Format.JSON:
        facts = [{"id": id, "menu": menu, "number": number, "at": at.isoformat()} for id, menu, number, at in rows]
        print(json.dumps({"format_version": FORMAT_VERSION, "call_backs": facts}, indent=2))
        return
    from rich.table import Table

    table = Table("at", "number", "menu", "id", box=None, pad_edge=False)
    for id, menu, number, at in rows:
        table.add_row(f"{at:%Y-%m-%d %H:%M}", number, menu, id)
    screen.current().console().print(table)
