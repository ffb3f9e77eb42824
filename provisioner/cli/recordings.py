"""`pbx recordings`: recorded calls of a tenant, on the running platform."""

from __future__ import annotations

import asyncio
import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from . import screen
from .deployment import EnvironmentOption, running
from .options import FolderOption, Format, FormatOption

if TYPE_CHECKING:
    from provisioner.core.ports.recordings import RecordedCalls
    from provisioner.pipeline.validate import Specification

FORMAT_VERSION = 1

app = typer.Typer(
    name="recordings", help="List recorded calls, fetch and delete them, and tell who did.", no_args_is_help=True
)

TenantArgument = Annotated[str, typer.Argument(help="The tenant.")]
IdArgument = Annotated[str, typer.Argument(help="The recording, as `list` names it.")]
AsOption = Annotated[
    str, typer.Option("--as", metavar="USER", help="Act for this user, with her rights.", show_default="the provider")
]


@app.command("list")
def list_(
    tenant: TenantArgument,
    user: Annotated[str, typer.Option("--user", help="Only those of this user.")] = "",
    number: Annotated[str, typer.Option("--number", help="Only those with this number, on either side.")] = "",
    since: Annotated[datetime | None, typer.Option("--since", help="Only those that began then or later.")] = None,
    who: AsOption = "",
    env: EnvironmentOption = "lab",
    form: FormatOption = Format.TEXT,
    folder: FolderOption = Path(),
) -> None:
    """List recorded calls, the oldest first."""
    from provisioner.pipeline.recorded_calls import chosen

    kept, specification = _opened(folder, env, tenant)
    _allowed(kept, specification, tenant, who, "")
    zone = ZoneInfo(specification.tenants[tenant].time_zone)
    begin = since.replace(tzinfo=zone) if since else None
    found = list(chosen(asyncio.run(kept.recorded(tenant)), user=user, number=number, since=begin))
    if form is Format.JSON:
        facts = [{**asdict(each), "at": each.at.isoformat(), "seconds": round(each.seconds, 2)} for each in found]
        print(json.dumps({"format_version": FORMAT_VERSION, "recordings": facts}, indent=2))
        return
    from rich.table import Table

    table = Table("at", "length", "recorded for", "user", "direction", "number", "id", box=None, pad_edge=False)
    for each in found:
        at = f"{each.at.astimezone(zone):%Y-%m-%d %H:%M}"
        reason = f"{each.reason} {each.name}"
        table.add_row(at, f"{each.seconds:.0f} s", reason, each.user, each.direction, each.number, each.id)
    screen.current().console().print(table)


@app.command()
def get(
    tenant: TenantArgument,
    id: IdArgument,
    out: Annotated[Path, typer.Option("--out", help="Where the WAV file shall lie.")],
    who: AsOption = "",
    env: EnvironmentOption = "lab",
    folder: FolderOption = Path(),
) -> None:
    """Fetch one and decrypt it here, as a WAV file; who asked is noted."""
    from provisioner.pipeline import whole
    from provisioner.pipeline.recorded_calls import ENGINEER

    kept = _reached(folder, env, tenant, who, id)
    wav = asyncio.run(kept.heard(tenant, id, who or ENGINEER))
    whole.put(out, wav, private=True)
    print(f"{tenant} {id}: {(len(wav) - 44) / 16000:.1f} s in {out}")


@app.command()
def delete(
    tenant: TenantArgument,
    id: IdArgument,
    reason: Annotated[str, typer.Option("--reason", help="Why; it is noted.")],
    who: AsOption = "",
    env: EnvironmentOption = "lab",
    folder: FolderOption = Path(),
) -> None:
    """Delete one for ever; who did it and why is noted."""
    from provisioner.pipeline.recorded_calls import ENGINEER

    kept = _reached(folder, env, tenant, who, id)
    asyncio.run(kept.delete(tenant, id, who or ENGINEER, reason))
    print(f"{tenant} {id}: deleted")


@app.command()
def log(
    tenant: TenantArgument,
    env: EnvironmentOption = "lab",
    form: FormatOption = Format.TEXT,
    folder: FolderOption = Path(),
) -> None:
    """Tell who fetched, deleted or was refused a recording, and when."""
    kept, specification = _opened(folder, env, tenant)
    zone, found = ZoneInfo(specification.tenants[tenant].time_zone), asyncio.run(kept.accesses(tenant))
    if form is Format.JSON:
        facts = [{**asdict(each), "at": each.at.isoformat()} for each in found]
        print(json.dumps({"format_version": FORMAT_VERSION, "accesses": facts}, indent=2))
        return
    from rich.table import Table

    table = Table("at", "who", "what", "id", "reason", box=None, pad_edge=False)
    for each in found:
        table.add_row(f"{each.at.astimezone(zone):%Y-%m-%d %H:%M}", each.who, each.what, each.id, each.reason)
    screen.current().console().print(table)


def _opened(folder: Path, env: str, tenant: str) -> tuple[RecordedCalls, Specification]:
    verification, specification = running(folder, env, tenant)
    return verification.recorded_calls(), specification


def _reached(folder: Path, env: str, tenant: str, who: str, id: str) -> RecordedCalls:
    """The tenant's recordings, where there is this one and `who` may listen to it."""
    kept, specification = _opened(folder, env, tenant)
    _allowed(kept, specification, tenant, who, id)
    _known(kept, tenant, id)
    return kept


def _allowed(kept: RecordedCalls, specification: Specification, tenant: str, user: str, id: str) -> None:
    from provisioner.core.errors import PbxError
    from provisioner.pipeline.recorded_calls import listener

    if user and not listener(specification, tenant, user):
        asyncio.run(kept.refused(tenant, id, user))
        raise PbxError(f"{user} may not listen to recordings of {tenant}", "name her in `recording: listeners`")


def _known(kept: RecordedCalls, tenant: str, id: str) -> None:
    from provisioner.core.errors import UsageError

    if all(each.id != id for each in asyncio.run(kept.recorded(tenant))):
        raise UsageError(f"{tenant} has no recording {id}", f"`pbx recordings list {tenant}` lists them")
