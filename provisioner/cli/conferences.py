"""`pbx conferences`: who is in the telephone conferences of a tenant at this moment."""

from __future__ import annotations

import asyncio
import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from . import screen
from .deployment import EnvironmentOption, running
from .options import FolderOption, Format, FormatOption

if TYPE_CHECKING:
    from rich.console import Group

    from provisioner.pipeline.validate import Specification
    from provisioner.wiring import Verification

FORMAT_VERSION = 1
SECONDS = 2.0
"""Between two looks of `--watch`."""


def conferences(
    tenant: Annotated[str, typer.Argument(help="The tenant.")],
    watch: Annotated[bool, typer.Option("--watch", help="Look again every two seconds, until interrupted.")] = False,
    env: EnvironmentOption = "lab",
    form: FormatOption = Format.TEXT,
    folder: FolderOption = Path(),
) -> None:
    """Show a tenant's telephone conferences and who is in them."""
    verification, specification = running(folder, env, tenant)
    if watch and form is Format.TEXT:
        _watch(verification, specification, tenant)
        return
    while True:
        show(facts(verification, specification, tenant), form)
        if not watch:
            return
        time.sleep(SECONDS)


def facts(verification: Verification, specification: Specification, tenant: str) -> list[dict[str, Any]]:
    """Every conference of the file, with who is in it."""
    from provisioner.pipeline.conferring import called

    scope, held = specification.scopes[tenant], asyncio.run(verification.conferences().held(tenant))
    rooms = {each.name: each for each in held}
    return [
        {
            "name": name,
            "title": each.title or name,
            "most": each.max_members,
            "locked": name in rooms and rooms[name].locked,
            "participants": [
                {"who": called(scope, one), "number": one.number, "leads": one.leads, "muted": one.muted,
                 "waits": one.waits}
                for one in (rooms[name].participants if name in rooms else ())
            ],
        }
        for name, each in specification.tenants[tenant].conferences.items()
    ]  # fmt: skip


def show(told: list[dict[str, Any]], form: Format) -> None:
    """Prints what `facts` found."""
    if form is Format.JSON:
        print(json.dumps({"format_version": FORMAT_VERSION, "conferences": told}, ensure_ascii=False), flush=True)
        return
    screen.current().console().print(_tables(told))


def _watch(verification: Verification, specification: Specification, tenant: str) -> None:
    from rich.live import Live

    with Live(console=screen.current().console(), auto_refresh=False) as live:
        while True:
            live.update(_tables(facts(verification, specification, tenant)), refresh=True)
            time.sleep(SECONDS)


def _tables(told: list[dict[str, Any]]) -> Group:
    from rich.console import Group
    from rich.table import Table

    rooms = Table("conference", "members", "locked", box=None, pad_edge=False)
    people = Table("conference", "who", "number", "leads", "muted", "waits", box=None, pad_edge=False)
    for each in told:
        rooms.add_row(each["name"], f"{len(each['participants'])} of {each['most']}", _yes(each["locked"]))
        for one in each["participants"]:
            marks = (_yes(one[mark]) for mark in ("leads", "muted", "waits"))
            people.add_row(each["name"], one["who"], one["number"], *marks)
    return Group(rooms, people) if people.row_count else Group(rooms)


def _yes(is_so: bool) -> str:
    return "yes" if is_so else "–"
