"""`pbx pin`: tells the PIN by which a user proves who she is, or by which people come into a telephone conference."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .deployment import EnvironmentOption, running
from .options import FolderOption


def pin(
    tenant: Annotated[str, typer.Argument(help="The tenant.")],
    whose: Annotated[str, typer.Argument(metavar="USER", help="The user of the tenant's file, or conference:NAME.")],
    leaders: Annotated[bool, typer.Option("--leaders", help="The PIN by which one leads the conference.")] = False,
    env: EnvironmentOption = "lab",
    folder: FolderOption = Path(),
) -> None:
    """Tell a PIN, and nothing else: a user's, or a telephone conference's.

    By a user's PIN one can be her; by a conference's one hears what is said there.
    """
    from provisioner.core.errors import UsageError
    from provisioner.pipeline import conferring, pins

    verification, specification = running(folder, env, tenant)
    if whose.startswith(conferring.KIND):
        handle = conferring.handle_of(specification, tenant, whose, leaders=leaders)
    elif leaders:
        raise UsageError(f"{whose!r} is no conference", f"write {conferring.KIND}NAME with --leaders")
    else:
        handle = pins.handle_of(specification.scopes[tenant], whose)
    print(verification.deployment.secrets.get(handle))
