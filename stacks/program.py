"""Which component a stack is made of, told by its name: `<env>.platform` or `<env>.tenant.<slug>`."""

from __future__ import annotations

from provisioner.core.deployment import Stack

from .components.platform import Platform, PlatformArgs
from .components.tenant import Tenant, TenantArgs


def run(stack: Stack) -> None:
    """The program of the stack."""
    environment, kind, *slug = stack.name.split(".")
    if kind == "platform":
        Platform(environment, PlatformArgs(stack.resources))
    else:
        Tenant(".".join(slug), TenantArgs(stack.resources))
