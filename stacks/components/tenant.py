"""A tenant on an environment: its bundle on the core node, then its rows for the edge; away in the other order."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi

from provisioner.core.deployment import Resource

from .resources import make


@dataclass(frozen=True)
class TenantArgs:
    """The tenant's resources, each after those that it names."""

    resources: tuple[Resource, ...]


class Tenant(pulumi.ComponentResource):
    """Groups what belongs to one tenant."""

    def __init__(self, name: str, args: TenantArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("pbx:stacks:Tenant", name, None, opts)
        make(self, args.resources)
        self.register_outputs({})
