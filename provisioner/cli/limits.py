"""`pbx limits`: shows what calls have cost today and whether dear calls are stopped, lifts the stop, tells PINs."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from .deployment import EnvironmentOption, running
from .options import FolderOption, Format, FormatOption

FORMAT_VERSION = 1


def limits(
    tenant: Annotated[str, typer.Argument(help="The tenant.")],
    lift: Annotated[bool, typer.Option("--lift", help="Let stopped calls go out again, and count anew.")] = False,
    pin: Annotated[
        str | None,
        typer.Option("--pin", metavar="USER", help="Tell the PIN that opens barred calls, and change nothing."),
    ] = None,
    env: EnvironmentOption = "lab",
    form: FormatOption = Format.TEXT,
    folder: FolderOption = Path(),
) -> None:
    """Show what calls have cost today and whether dear calls are stopped; lift the stop."""
    from provisioner.pipeline.spending import accounts, pin_of

    verification, specification = running(folder, env, tenant)
    if pin:
        print(verification.deployment.secrets.get(pin_of(specification, tenant, pin)))
        return
    live, zone = verification.limits(), ZoneInfo(specification.scopes[tenant].time_zone)
    if lift:
        asyncio.run(live.lift(tenant))
    stop = asyncio.run(live.stop(tenant))
    found = list(accounts(specification, tenant, asyncio.run(live.spent(tenant)), datetime.now(UTC)))
    since = datetime.fromtimestamp(stop.since, zone) if stop else None
    if form is Format.JSON:
        spending = [
            {"user": each.user, "spent": str(each.spent), "daily": str(each.daily), "cut_off": str(each.end)}
            for each in found
        ]
        stopped = stop and since and {"since": since.isoformat(), "user": stop.user, "number": stop.number}
        print(json.dumps({"format_version": FORMAT_VERSION, "tenant": tenant, "spending": spending, "stop": stopped}))
        return
    unit = specification.scopes[tenant].currency
    for each in found:
        print(f"{each.user or tenant}: {each.spent} of {each.daily} {unit} spent today".replace("  ", " "))
    if stop and since:
        who = stop.user or "a call that was sent on"
        print(f"dear calls are stopped since {since:%Y-%m-%d %H:%M}, when {who} called {stop.number}")
    else:
        print("dear calls are not stopped")
