"""`pbx switch`: opens or closes a schedule by hand on the running platform, as its users do by phone."""

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
    from collections.abc import Sequence

    from provisioner.pipeline.switching import Found
    from provisioner.wiring import Verification

FORMAT_VERSION = 1


class State(StrEnum):
    OPEN = "open"
    CLOSED = "closed"
    AUTO = "auto"


def switch(
    tenant: Annotated[str, typer.Argument(help="The tenant.")],
    schedule: Annotated[
        str | None, typer.Argument(help="The schedule of the tenant's file; tells of all where none.")
    ] = None,
    state: Annotated[
        State | None, typer.Argument(help="open, closed, or auto for the schedule's own decision; tells where none.")
    ] = None,
    until: Annotated[
        str | None,
        typer.Option("--until", metavar="TIME", help="When the schedule decides again: 17:00 or 2026-12-24T17:00."),
    ] = None,
    pin: Annotated[
        bool, typer.Option("--pin", help="Tell the PIN that users are asked for, and change nothing.")
    ] = False,
    env: EnvironmentOption = "lab",
    form: FormatOption = Format.TEXT,
    folder: FolderOption = Path(),
) -> None:
    """Open or close a schedule by hand, until somebody lets it decide again."""
    from provisioner.core.errors import UsageError
    from provisioner.core.ports.switches import Switched
    from provisioner.pipeline import switching

    if pin and schedule is None:
        raise UsageError("--pin belongs to a schedule", "write `pbx switch TENANT SCHEDULE --pin`")
    if until and state in (None, State.AUTO):
        raise UsageError("--until belongs to open or closed", "write `pbx switch TENANT SCHEDULE closed --until 17:00`")
    verification, specification = running(folder, env, tenant)
    if schedule is None:
        _tell(verification, switching.every(specification, tenant), form)
        return
    found = switching.find(specification, tenant, schedule)
    if pin:
        if not found.pin:
            raise UsageError(f"the switch of {schedule} asks for no PIN", "write `switch: {code: …, pin: yes}`")
        print(verification.deployment.secrets.get(found.pin))
        return
    switches = verification.switches()
    if state:
        ends = switching.until(until, datetime.now(UTC), found.zone) if until else None
        asyncio.run(switches.set(tenant, schedule, Switched(state.value, ends)))
    _tell(verification, [found], form)


def _tell(verification: Verification, schedules: Sequence[Found], form: Format) -> None:
    """A line for each schedule: who decides, and until when."""
    from provisioner.pipeline import switching

    switches = verification.switches()
    for found in schedules:
        now = switching.in_force(asyncio.run(switches.get(found.tenant, found.name)), datetime.now(UTC))
        ends_at = datetime.fromtimestamp(now.until, found.zone) if now.until else None
        if form is Format.JSON:
            facts = {"tenant": found.tenant, "schedule": found.name, "state": now.state}
            print(json.dumps({"format_version": FORMAT_VERSION, **facts, "until": ends_at and ends_at.isoformat()}))
        else:
            says = "the schedule decides" if now.state == State.AUTO else f"{now.state} by hand"
            print(f"{found.tenant} {found.name}: {says}" + (f" until {ends_at:%Y-%m-%d %H:%M}" if ends_at else ""))
