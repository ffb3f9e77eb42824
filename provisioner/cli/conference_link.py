"""`pbx conference link`: tells a link by which somebody comes into a video room with a browser."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from .bookings import app as app
from .conference import TenantArgument
from .deployment import EnvironmentOption, running
from .options import FolderOption, Format, FormatOption

FORMAT_VERSION = 1

RoomArgument = Annotated[
    str, typer.Argument(help="The video room of the tenant's file; none for rooms that a user opens.")
]
UserOption = Annotated[str, typer.Option("--user", metavar="USER", help="A user whose link it is.")]
GuestOption = Annotated[
    str, typer.Option("--guest", metavar="NAME", help="Somebody from outside, as others see her; else she says it.")
]
DaysOption = Annotated[int, typer.Option("--days", min=1, max=366, help="How long the link is good.")]


@app.command("link")
def link(
    tenant: TenantArgument,
    room: RoomArgument = "",
    user: UserOption = "",
    guest: GuestOption = "",
    days: DaysOption = 7,
    env: EnvironmentOption = "lab",
    form: FormatOption = Format.TEXT,
    folder: FolderOption = Path(),
) -> None:
    """Tell a link into a video room. Whoever holds it comes in as the one it names."""
    from provisioner.features.video.model import key
    from provisioner.pipeline import video_links

    verification, specification = running(folder, env, tenant)
    scope = specification.scopes[tenant]
    made = video_links.link(specification.tenants[tenant].video, scope, room, user, " ".join(guest.split()))
    now = datetime.now(UTC)
    until = (now + timedelta(days=days)).replace(microsecond=0)
    deployment = verification.deployment
    says = video_links.signed(made, deployment.secret_of_device(key(tenant)), now, until)
    address = f"https://{deployment.video_name}/join/#{says}"
    if form is Format.JSON:
        print(json.dumps({"format_version": FORMAT_VERSION, "link": address, "until": until.isoformat()}))
    else:
        print(address)
