"""The machines of an environment, in the order in which they need each other: data, edges, cores."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi

from provisioner.core.deployment import Resource

from .resources import make


@dataclass(frozen=True)
class PlatformArgs:
    """The machines, each after those that it names."""

    resources: tuple[Resource, ...]


class Platform(pulumi.ComponentResource):
    """Groups the machines of one environment."""

    def __init__(self, name: str, args: PlatformArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("pbx:stacks:Platform", name, None, opts)
        make(self, args.resources)
        self.register_outputs({})
