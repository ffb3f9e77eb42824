"""`pbx queues`: who waits and who is there in the queues and ring groups of a tenant, and how the day went."""

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
    from rich.table import Table

    from provisioner.core.ports.queues import QueueView

FORMAT_VERSION = 1
SECONDS = 2.0
"""Between two looks of `--watch`."""

WAYS = ("calls", "answered", "abandoned", "overflowed", "refused", "called_back")
"""How callers of a day came to an end; the first counts them all."""


def queues(
    tenant: Annotated[str, typer.Argument(help="The tenant.")],
    watch: Annotated[bool, typer.Option("--watch", help="Look again every two seconds, until interrupted.")] = False,
    env: EnvironmentOption = "lab",
    form: FormatOption = Format.TEXT,
    folder: FolderOption = Path(),
) -> None:
    """Show the live figures of a tenant's queues and ring groups."""

    verification, _ = running(folder, env, tenant)
    view = verification.queue_view()
    if watch and form is Format.TEXT:
        _watch(view, tenant)
        return
    while True:
        _print(asyncio.run(view.figures(tenant)), form)
        if not watch:
            return
        time.sleep(SECONDS)


def _print(told: dict[str, Any], form: Format) -> None:
    if form is Format.JSON:
        print(json.dumps({"format_version": FORMAT_VERSION, **told}, ensure_ascii=False), flush=True)
        return
    for table in _tables(told):
        screen.current().console().print(table)


def _watch(view: QueueView, tenant: str) -> None:
    from rich.console import Group
    from rich.live import Live

    with Live(console=screen.current().console(), auto_refresh=False) as live:
        while True:
            live.update(Group(*_tables(asyncio.run(view.figures(tenant)))), refresh=True)
            time.sleep(SECONDS)


def _tables(told: dict[str, Any]) -> list[Table]:
    """Waiting and waits, the day's calls, and the groups: each fits 80 columns with every name and figure whole."""
    waits = _table("queue", "logged in", "free", "paused", "waiting", "longest", "mean today", "in time today")
    calls = _table("calls today", *(way.replace("_", " ") for way in WAYS))
    for each in told["queues"]:
        day = each["today"]
        now = (_logged_in(each), *(str(each[key]) for key in ("free", "paused", "waiting")))
        longest = _clock(each["longest_wait"]) if each["waiting"] else "–"
        mean = "–" if day["mean_wait"] is None else _clock(round(day["mean_wait"]))
        kept = "–" if day["service_level"] is None else f"{day['service_level']:g} % in {day['within']} s"
        waits.add_row(each["name"], *now, longest, mean, kept)
        calls.add_row(each["name"], *(str(day[way]) for way in WAYS))
    groups = _table("group", "logged in")
    for each in told["groups"]:
        groups.add_row(each["name"], _logged_in(each))
    shown = ((waits, told["queues"]), (calls, told["queues"]), (groups, told["groups"]))
    return [table for table, entries in shown if entries]


def _table(name: str, *columns: str) -> Table:
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    table.add_column(name, no_wrap=True)
    for each in columns:
        table.add_column(each)
    return table


def _logged_in(each: dict[str, Any]) -> str:
    return f"{each['logged_in']} of {len(each['members'])}"


def _clock(seconds: int) -> str:
    return f"{seconds // 60}:{seconds % 60:02d}"
