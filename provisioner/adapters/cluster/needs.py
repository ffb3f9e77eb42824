"""What a cluster must have and allow, so that an environment can be made in it. Told before anything is begun."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.adapters.cluster.api import Right
from provisioner.core.site import Cluster

_OWN = "move the cluster to Kubernetes 1.25 or newer; this version of pbx makes objects of that API"
_GROUPS = ("apps/v1", "networking.k8s.io/v1", "policy/v1", "rbac.authorization.k8s.io/v1")

_KINDS = {
    "": ("configmaps", "secrets", "services", "serviceaccounts"),
    "apps": ("statefulsets", "daemonsets"),
    "networking.k8s.io": ("networkpolicies",),
    "policy": ("poddisruptionbudgets",),
    "rbac.authorization.k8s.io": ("roles", "rolebindings"),
}
_VERBS = ("get", "list", "create", "patch", "delete")


def groups(cluster: Cluster) -> Iterator[tuple[str, str]]:
    """Versions of the API that are needed, and what to do where one is not there."""
    yield from ((each, _OWN) for each in _GROUPS)
    if cluster.issuer:
        yield "cert-manager.io/v1", "install cert-manager, or take `certificates` out of the environment"
    if cluster.monitors:
        yield "monitoring.coreos.com/v1", "install the Prometheus operator, or take `monitors` out of the environment"


def rights(cluster: Cluster) -> Iterator[Right]:
    """What whoever applies must be allowed to do."""
    yield from (Right(verb, "", "namespaces") for verb in ("get", "create", "patch", "delete"))
    yield from (Right(verb, group, kind) for group, kinds in _KINDS.items() for kind in kinds for verb in _VERBS)
    yield Right("list", "", "pods")
    if cluster.issuer:
        yield Right("create", "cert-manager.io", "certificates")
    if cluster.monitors:
        yield Right("create", "monitoring.coreos.com", "podmonitors")
