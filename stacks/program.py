"""Which component a stack is made of, told by its name: `<env>.platform` or `<env>.tenant.<slug>`."""

from __future__ import annotations

from provisioner.core.deployment import Stack
from provisioner.core.errors import UsageError

from .components.platform import Platform, PlatformArgs
from .components.tenant import Tenant, TenantArgs
from .kubernetes.facts import Surroundings, is_clustered


def run(stack: Stack, around: Surroundings | None = None) -> None:
    """The program of the stack; the platform of a cluster needs what is `around` it."""
    environment, kind, *slug = stack.name.split(".")
    if kind != "platform":
        Tenant(".".join(slug), TenantArgs(stack.resources))
    elif not is_clustered(stack.resources):
        Platform(environment, PlatformArgs(stack.resources))
    elif around is None:
        raise UsageError(
            f"the stack {stack.name} is in a cluster, and its files are not at hand",
            f"run pbx apply --env {environment}",
        )
    else:
        from .kubernetes.platform import ClusterPlatform, ClusterPlatformArgs

        ClusterPlatform(environment, ClusterPlatformArgs(stack.resources, around))
