"""`pbx agent`: logs a member of a queue or ring group in or out, or lets her pause, as she does by phone."""

from __future__ import annotations

import asyncio
import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from .deployment import EnvironmentOption, running
from .options import FolderOption, Format, FormatOption

FORMAT_VERSION = 1


class Verb(StrEnum):
    IN = "in"
    OUT = "out"
    PAUSE = "pause"
    RESUME = "resume"


def agent(
    tenant: Annotated[str, typer.Argument(help="The tenant.")],
    queue: Annotated[str, typer.Argument(help="A queue, or a ring group as ring_group:NAME.")],
    member: Annotated[str, typer.Argument(help="A user, or a public number that is a member.")],
    verb: Annotated[Verb, typer.Argument(help="What becomes of the member.")],
    env: EnvironmentOption = "lab",
    form: FormatOption = Format.TEXT,
    folder: FolderOption = Path(),
) -> None:
    """Log a member of a queue or ring group in or out, or let her pause or go on."""
    from provisioner.pipeline.members import find

    verification, specification = running(folder, env, tenant)
    found = find(specification, tenant, queue, member, verb.value)
    state = asyncio.run(verification.queue_view().change(tenant, found.kind, found.name, member, verb.value))
    if form is Format.JSON:
        facts = {"tenant": tenant, found.kind: found.name, "member": member, "state": state}
        print(json.dumps({"format_version": FORMAT_VERSION, **facts}))
    else:
        print(f"{tenant} {found.name}: {member} is {state}")
