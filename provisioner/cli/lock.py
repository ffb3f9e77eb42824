"""`pbx lock`: who works on an environment, and the release of a lock whose owner is gone with its machine."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from . import screen
from .deployment import EnvironmentOption, opened
from .options import FolderOption, Format, FormatOption

FORMAT_VERSION = 1

app = typer.Typer(
    name="lock", help="List who works on an environment, and release locks that a dead run left.", no_args_is_help=True
)


@app.callback()
def _lock() -> None:
    """List who works on an environment, and release locks that a dead run left."""


@app.command()
def ls(
    env: EnvironmentOption = "lab",
    form: FormatOption = Format.TEXT,
    folder: FolderOption = Path(),
) -> None:
    """List runs that go on, and stacks that the engine holds locked."""
    with opened(folder, env, f"lock ls {env}") as deployment:
        runs = deployment.gate.running(env)
        stacks = {name: owners for name, owners in deployment.engine.locked().items() if name.startswith(f"{env}.")}
    if form is Format.JSON:
        document = {
            "format_version": FORMAT_VERSION,
            "environment": env,
            "runs": [*map(asdict, runs)],
            "stacks": stacks,
        }
        print(json.dumps(document, ensure_ascii=False, indent=2))
        return
    for each in runs:
        print(f"{env}  {each.owner}")
    for name, owners in stacks.items():
        print(f"{name}  {'; '.join(owners)}")
    if not runs and not stacks:
        print(f"nobody works on {env}")


@app.command("break")
def break_(
    stack: Annotated[str, typer.Argument(help="The stack, as the message about its lock names it.")],
    yes: Annotated[bool, typer.Option("--yes", "-y", envvar="PBX_YES", help="Do not ask.")] = False,
    folder: FolderOption = Path(),
) -> None:
    """Release the engine's lock of a stack, whose run is dead on another machine.

    A lock of a dead run of this machine needs no command: the next run releases it. One that lives here is kept.
    """
    from provisioner.core.errors import UsageError
    from provisioner.core.findings import nearest

    with opened(folder, stack.partition(".")[0], f"lock break {stack}") as deployment:
        engine = deployment.engine
        known, owners = engine.stacks(), engine.locked().get(stack, ())
    if stack not in known:
        near = nearest(stack, known)
        raise UsageError(f"no stack {stack!r}", f"did you mean {near}?" if near else f"there are: {', '.join(known)}")
    if not yes:
        if not sys.stdin.isatty():
            raise UsageError("whoever breaks a lock has to confirm it, and nobody can be asked here", "add --yes")
        print(f"{stack}: {'; '.join(owners) or 'the owner is known to the engine only'}", file=sys.stderr)
        typer.confirm("Is that run dead? Two at once would spoil the state.", abort=True, err=True)
    engine.release(stack)
    screen.current().note(f"{stack} is locked by nobody now")
