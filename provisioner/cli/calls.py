"""`pbx calls`: the log of users' calls, as the running platform keeps it."""

from __future__ import annotations

import asyncio
import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from . import screen
from .deployment import EnvironmentOption
from .options import FolderOption, Format, FormatOption

if TYPE_CHECKING:
    from provisioner.core.ports.call_log import LoggedCall

FORMAT_VERSION = 1


def calls(
    tenant: Annotated[str, typer.Argument(help="The tenant.")],
    user: Annotated[
        str | None, typer.Argument(help="The user of the tenant's file; all of them where none is named.")
    ] = None,
    kind: Annotated[
        str, typer.Option("--kind", help="all, missed, voicemail (a message was left), made, received or forwarded.")
    ] = "all",
    missed: Annotated[bool, typer.Option("--missed", help="The same as --kind missed.")] = False,
    count: Annotated[int, typer.Option("--count", min=1, max=10_000, help="How many at most.")] = 50,
    as_json: Annotated[bool, typer.Option("--json", help="The same as --format json.")] = False,
    env: EnvironmentOption = "lab",
    form: FormatOption = Format.TEXT,
    folder: FolderOption = Path(),
) -> None:
    """Show the log of a tenant's calls, or of one user's, the latest first.

    A call that another of her telephones, or a colleague, answered is not missed.
    """
    from provisioner.pipeline.call_log import zone_of
    from provisioner.wiring import Deployment, Verification

    verification = Verification(Deployment(folder, env, lambda _: None))
    wanted = "missed" if missed else kind
    zone = zone_of(verification.specification(frozenset([tenant])), tenant, user or "", wanted)
    found = asyncio.run(verification.call_log().calls(tenant, user or "", wanted, count))
    if as_json or form is Format.JSON:
        facts = [{**asdict(each), "at": each.at.astimezone(zone).isoformat(timespec="seconds")} for each in found]
        print(json.dumps({"format_version": FORMAT_VERSION, "tenant": tenant, "calls": facts}, ensure_ascii=False))
        return
    from rich.table import Table

    table = Table("at", "user", "direction", "number", "name", "length", "what became of it", box=None, pad_edge=False)
    for each in found:
        at, length = f"{each.at.astimezone(zone):%Y-%m-%d %H:%M:%S}", f"{each.seconds} s" if each.seconds else ""
        table.add_row(at, each.user, each.direction, each.number or "withheld", each.name, length, _words(each))
    screen.current().console().print(table)


def _words(each: LoggedCall) -> str:
    device = f" on {each.device}" if each.device else ""
    match each.result:
        case "answered" if each.direction == "received":
            return f"answered{device}" + (f", picked up from {each.by}" if each.by else "")
        case "answered" | "unanswered":
            return f"{each.result}, from {each.device}" if each.device else each.result
        case "colleague":
            return f"answered by {each.by}"
        case "picked-up":
            return f"picked up by {each.by}"
        case "forwarded":
            return f"forwarded to {each.to}" + (f", answered by {each.by}" if each.by else "")
    return f"{each.result}, left a message" if each.message else each.result
