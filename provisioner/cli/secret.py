"""`pbx secret`: which secrets an environment has, and how one gets another value. Values are never shown."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from . import screen
from .deployment import EnvironmentOption
from .options import FolderOption, Format, FormatOption

if TYPE_CHECKING:
    from provisioner.adapters.secrets.stored import Secrets

FORMAT_VERSION = 1

app = typer.Typer(name="secret", help="List an environment's secrets, and set or renew one.", no_args_is_help=True)

HandleArgument = Annotated[str, typer.Argument(metavar="HANDLE", help="The secret, as `pbx secret ls` names it.")]


@app.callback()
def _secret() -> None:
    """List an environment's secrets, and set or renew one."""


@app.command()
def ls(env: EnvironmentOption = "lab", form: FormatOption = Format.TEXT, folder: FolderOption = Path()) -> None:
    """List the handles of all secrets, and where each value comes from; no value is shown."""
    found = _secrets(folder, env).handles()
    if form is Format.JSON:
        secrets = [{"handle": handle, "from": place} for handle, place in found.items()]
        print(json.dumps({"format_version": FORMAT_VERSION, "environment": env, "secrets": secrets}, indent=2))
        return
    for handle, place in found.items():
        print(f"{handle}  {place}")


@app.command("set")
def set_(handle: HandleArgument, env: EnvironmentOption = "lab", folder: FolderOption = Path()) -> None:
    """Set a secret to the line that is read from standard input; on a terminal it is asked for and not shown.

    The next plan says `rotated`, the next apply puts it in force.
    """
    from provisioner.core.errors import UsageError

    secrets = _secrets(folder, env)
    if sys.stdin.isatty():
        value = typer.prompt(handle, hide_input=True, confirmation_prompt=True, err=True)
    else:
        value = sys.stdin.read().removesuffix("\n")
    if not value or "\n" in value:
        raise UsageError(f"no value for {handle}: found {'several lines' if value else 'nothing'}", "give one line")
    _put(secrets, handle, value, env)


@app.command()
def renew(handle: HandleArgument, env: EnvironmentOption = "lab", folder: FolderOption = Path()) -> None:
    """Replace a secret that `pbx` has made by a new one."""
    from provisioner.core.errors import UsageError
    from provisioner.core.findings import nearest
    from provisioner.core.outlets import GIVEN_SECRET
    from provisioner.pipeline.making import kept_for_ever, maker

    secrets = _secrets(folder, env)
    known = secrets.handles()
    if handle not in known:
        near = nearest(handle, known)
        raise UsageError(f"no secret {handle!r}", f"did you mean {near}?" if near else "`pbx secret ls` lists them")
    if handle.startswith(GIVEN_SECRET):
        raise UsageError(f"{handle} is known to somebody else too, who gave it", f"`pbx secret set {handle}`")
    if why := kept_for_ever(handle):
        raise UsageError(f"{handle} cannot be renewed: {why}", "leave it as it is")
    _put(secrets, handle, maker(handle)(), env)


def _secrets(folder: Path, env: str) -> Secrets:
    from provisioner.wiring import Deployment

    deployment = Deployment(folder, env, lambda _: None)
    _ = deployment.described  # raises where there is no such environment, before a file is made for it
    return deployment.secrets


def _put(secrets: Secrets, handle: str, value: str, env: str) -> None:
    from provisioner.adapters.secrets.stored import variable

    secrets.set(handle, value)
    where = secrets.handles()[handle]
    if where == variable(handle):
        screen.current().note(f"{handle} is kept, but the variable {where} wins over it")
        return
    screen.current().note(f"{handle} is kept in {where}; `pbx apply --env {env}` puts it in force")
