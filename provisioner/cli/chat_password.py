"""`pbx chat-password`: tells the password by which a user or guest logs in to chat."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .deployment import EnvironmentOption, running
from .options import FolderOption


def chat_password(
    tenant: Annotated[str, typer.Argument(help="The tenant.")],
    account: Annotated[str, typer.Argument(help="The user of the tenant's file, or guest.NAME.")],
    env: EnvironmentOption = "lab",
    folder: FolderOption = Path(),
) -> None:
    """Tell the password of an account in chat, and nothing else. Whoever reads it can be her."""
    from provisioner.pipeline.chat_accounts import handle_of

    verification, specification = running(folder, env, tenant)
    print(verification.deployment.secrets.get(handle_of(specification.scopes[tenant], account)))
