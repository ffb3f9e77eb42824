"""A platform in a cluster: the base, then each node as a component, and after it the engine's own resource.

That resource waits until the node's pods are up, and the next node of its kind comes after it: so edges and cores are
rolled one by one, and never all at once.
"""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as k8s

from provisioner.core.deployment import Resource

from ..components.resources import custom
from .availability import Availability, AvailabilityArgs
from .base import Base, BaseArgs
from .core import Core, CoreArgs
from .data import Data, DataArgs
from .edge import Edge, EdgeArgs
from .facts import Node, Surroundings, cluster_of


@dataclass(frozen=True)
class ClusterPlatformArgs:
    """The nodes, each after those that it names, and what comes from outside."""

    resources: tuple[Resource, ...]
    around: Surroundings


class ClusterPlatform(pulumi.ComponentResource):
    """Groups everything of one environment in one namespace."""

    def __init__(self, name: str, args: ClusterPlatformArgs) -> None:
        cluster = cluster_of(args.resources)
        # The credentials stay where kubectl has them: neither they nor their place may be in state.
        api = k8s.Provider(
            "cluster",
            context=cluster.context,
            namespace=cluster.namespace,
            enable_server_side_apply=True,
            suppress_deprecation_warnings=True,
        )
        super().__init__("pbx:stacks:Platform", name, None, pulumi.ResourceOptions(providers={"kubernetes": api}))
        nodes = [Node(each, args.around.files(each)) for each in args.resources]
        edges = {each.name: str(each.resource.inputs["address"]) for each in nodes if "kamailio" in each.roles}
        cores = tuple(each.name for each in nodes if "asterisk" in each.roles)
        child = pulumi.ResourceOptions(parent=self)
        base = Base(name, BaseArgs(cluster, args.around.programs, edges, cores), child)
        after = pulumi.ResourceOptions(parent=self, depends_on=[base])
        Availability(name, AvailabilityArgs(cluster), after)
        made: dict[str, pulumi.Resource] = {}
        last: dict[type, pulumi.Resource] = {}
        for node in nodes:
            first = [made[each] for each in node.resource.after]
            kind = Edge if "kamailio" in node.roles else Core if "asterisk" in node.roles else Data
            before = [last[kind]] if kind in last else []
            opts = pulumi.ResourceOptions(parent=self, depends_on=[base, *first, *before])
            component: pulumi.Resource
            if kind is Edge:
                public = str(node.resource.inputs["public"])
                component = Edge(EdgeArgs(cluster, node, base, cores, public), opts)
            elif kind is Core:
                component = Core(CoreArgs(cluster, node, base), opts)
            else:
                component = Data(DataArgs(cluster, node, base), opts)
            made[node.name] = last[kind] = custom(self, node.resource, [component, *first])
        self.register_outputs({})
