"""`pbx pin`: tells the PIN by which a user proves who she is at a shared telephone, or from outside."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .deployment import EnvironmentOption, running
from .options import FolderOption


def pin(
    tenant: Annotated[str, typer.Argument(help="The tenant.")],
    user: Annotated[str, typer.Argument(help="The user of the tenant's file.")],
    env: EnvironmentOption = "lab",
    folder: FolderOption = Path(),
) -> None:
    """Tell a user's PIN, and nothing else. Whoever reads it can be her."""
    from provisioner.pipeline.pins import handle_of

    verification, specification = running(folder, env, tenant)
    print(verification.deployment.secrets.get(handle_of(specification.scopes[tenant], user)))
