"""What everything else stands on: namespace, who may ask the cluster what, programs of the pods, network policies.

A pod may read bundles and note what it runs, and nothing else of the cluster. Secrets are granted one by one, by
whoever makes them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as k8s

from provisioner.core.site import Cluster

from . import policies
from .facts import labels, named
from .pods import key

meta = k8s.meta.v1


@dataclass(frozen=True)
class BaseArgs:
    """`edges` are name → address; `cores` and `writers` name who takes bundles in."""

    cluster: Cluster
    programs: Mapping[str, str]
    edges: Mapping[str, str]
    cores: Sequence[str]


class Base(pulumi.ComponentResource):
    """The namespace and what is in it for all."""

    def __init__(self, name: str, args: BaseArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("pbx:kubernetes:Base", name, None, opts)
        self._args = args
        self.programs = f"programs-{named(dict(args.programs))}"
        self.paths = sorted(args.programs)
        child = pulumi.ResourceOptions(parent=self)
        # Pods of the host's network are the edges', and a namespace allows what one of its pods needs.
        space = k8s.core.v1.Namespace(
            "namespace",
            metadata=meta.ObjectMetaArgs(
                name=args.cluster.namespace,
                labels={
                    **labels("base"),
                    "pod-security.kubernetes.io/enforce": "privileged",
                    "pod-security.kubernetes.io/warn": "restricted",
                },
            ),
            opts=child,
        )
        self.inside = pulumi.ResourceOptions(parent=self, depends_on=[space])
        self._programs()
        for role in ("core", "edge", "data"):
            self._account(role)
        for node in (*(f"core-{each}" for each in args.cores), "rows"):
            self._index(node)
        policies.make(args, self.inside)
        self.register_outputs({})

    def metadata(self, name: str, component: str) -> k8s.meta.v1.ObjectMetaArgs:
        return meta.ObjectMetaArgs(name=name, namespace=self._args.cluster.namespace, labels=labels(component))

    def _programs(self) -> None:
        k8s.core.v1.ConfigMap(
            self.programs,
            metadata=self.metadata(self.programs, "base"),
            data={key(path): text for path, text in self._args.programs.items()},
            immutable=True,
            opts=self.inside,
        )

    def _account(self, role: str) -> None:
        k8s.core.v1.ServiceAccount(
            f"account-{role}",
            metadata=self.metadata(role, role),
            automount_service_account_token=False,
            opts=self.inside,
        )
        k8s.rbac.v1.Role(
            f"role-{role}", metadata=self.metadata(f"pbx-{role}", role), rules=self._rules(role), opts=self.inside
        )
        k8s.rbac.v1.RoleBinding(
            f"binding-{role}",
            metadata=self.metadata(f"pbx-{role}", role),
            role_ref=k8s.rbac.v1.RoleRefArgs(api_group="rbac.authorization.k8s.io", kind="Role", name=f"pbx-{role}"),
            subjects=[
                k8s.rbac.v1.SubjectArgs(kind="ServiceAccount", name=role, namespace=self._args.cluster.namespace)
            ],
            opts=self.inside,
        )

    def _rules(self, role: str) -> list[k8s.rbac.v1.PolicyRuleArgs]:
        rule = k8s.rbac.v1.PolicyRuleArgs
        if role == "edge":
            status = rule(api_groups=[""], resources=["configmaps"], resource_names=["rows-status"], verbs=["get"])
            return [rule(api_groups=[""], resources=["pods"], verbs=["get", "list"]), status]
        statuses = ["rows-status"] if role == "data" else [f"core-{each}-status" for each in self._args.cores]
        return [
            rule(api_groups=[""], resources=["configmaps"], verbs=["get", "list", "watch"]),
            rule(api_groups=[""], resources=["configmaps"], resource_names=statuses, verbs=["patch"]),
        ]

    def _index(self, node: str) -> None:
        """Which bundles a node shall have, and what it says that it has; both are written by others than the engine."""
        for what in ("bundles", "status"):
            k8s.core.v1.ConfigMap(
                f"{node}-{what}",
                metadata=self.metadata(f"{node}-{what}", "bundles"),
                opts=pulumi.ResourceOptions.merge(self.inside, pulumi.ResourceOptions(ignore_changes=["data"])),
            )
