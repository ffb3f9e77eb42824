"""What keeps an environment up while machines go: how many pods of a kind may be away at once, and who is watched."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as k8s

from provisioner.core.site import Cluster

from .facts import COMPONENT, PART_OF, labels

meta = k8s.meta.v1


@dataclass(frozen=True)
class AvailabilityArgs:
    """The cluster."""

    cluster: Cluster


class Availability(pulumi.ComponentResource):
    """Budgets of disruption, and monitors where they are asked for."""

    def __init__(self, name: str, args: AvailabilityArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("pbx:kubernetes:Availability", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        kinds = ("edge", "core") if args.cluster.database else ("edge", "core", "data")
        for kind in kinds:
            k8s.policy.v1.PodDisruptionBudget(
                f"budget-{kind}",
                metadata=meta.ObjectMetaArgs(name=kind, namespace=args.cluster.namespace, labels=labels(kind)),
                spec=k8s.policy.v1.PodDisruptionBudgetSpecArgs(
                    max_unavailable=1,
                    selector=meta.LabelSelectorArgs(match_labels={PART_OF: "pbx", COMPONENT: kind}),
                ),
                opts=child,
            )
        if args.cluster.monitors:
            k8s.apiextensions.CustomResource(
                "monitor-core",
                api_version="monitoring.coreos.com/v1",
                kind="PodMonitor",
                metadata=meta.ObjectMetaArgs(name="core", namespace=args.cluster.namespace, labels=labels("core")),
                spec={
                    "selector": {"matchLabels": {PART_OF: "pbx", COMPONENT: "core"}},
                    "podMetricsEndpoints": [{"port": "status", "path": "/metrics"}],
                },
                opts=child,
            )
        self.register_outputs({})
