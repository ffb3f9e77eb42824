"""Who may speak to whom: nobody, but for the few ways that a call, a row and a bundle take.

Edges are on their machines' own network, where policies of a cluster do not reach; for the others they are addresses.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pulumi
import pulumi_kubernetes as k8s

from .facts import COMPONENT, PART_OF
from .pods import STATUS_PORT

if TYPE_CHECKING:
    from .base import BaseArgs

net = k8s.networking.v1
Ports = Sequence[tuple[str, int, int]]
"""Protocol, first and last port."""

SIGNALS: Ports = (("UDP", 5060, 5060), ("UDP", 5071, 5071))
SPEECH: Ports = (("UDP", 10000, 20000),)
SERVICES: Ports = (("TCP", 8470, 8471),)
RELAYED: Ports = (("UDP", 30000, 39999),)
"""Where rtpengine takes speech from cores."""
ROWS: Ports = (("TCP", 5432, 5432),)
NAMES: Ports = (("UDP", 53, 53), ("TCP", 53, 53))
# By its service's port and by its own: which of the two a policy sees is up to the network's maker.
CLUSTER: Ports = (("TCP", 443, 443), ("TCP", 6443, 6443))


def make(args: BaseArgs, opts: pulumi.ResourceOptions) -> None:
    """All policies of the namespace."""
    edges = [f"{each}/32" for each in args.edges.values()]

    def policy(
        name: str,
        component: str,
        ingress: list[k8s.networking.v1.NetworkPolicyIngressRuleArgs] | None = None,
        egress: list[k8s.networking.v1.NetworkPolicyEgressRuleArgs] | None = None,
    ) -> None:
        of = {PART_OF: "pbx", COMPONENT: component} if component else {}
        kinds = [kind for kind, rules in (("Ingress", ingress), ("Egress", egress)) if rules is not None]
        net.NetworkPolicy(
            f"policy-{name}",
            metadata=k8s.meta.v1.ObjectMetaArgs(
                name=name, namespace=args.cluster.namespace, labels={PART_OF: "pbx", COMPONENT: "policies"}
            ),
            spec=net.NetworkPolicySpecArgs(
                pod_selector=k8s.meta.v1.LabelSelectorArgs(match_labels=of),
                policy_types=kinds,
                ingress=ingress or None,
                egress=egress or None,
            ),
            opts=opts,
        )

    policy("nobody", "", [], [])
    asking = [_to(NAMES), _to(CLUSTER)]
    policy("core", "core", [_from(edges, SIGNALS, SPEECH, SERVICES)], [*asking, _to(SIGNALS, RELAYED, at=edges)])
    if args.cluster.database:
        policy("data", "data", None, [*asking, _to(ROWS)])
    else:
        policy("data", "data", [_from(edges, ROWS)], asking)
    if args.cluster.monitors:
        policy("figures", "core", [_from([], (("TCP", STATUS_PORT, STATUS_PORT),))])


def _ports(ways: Sequence[Ports]) -> list[k8s.networking.v1.NetworkPolicyPortArgs]:
    return [
        net.NetworkPolicyPortArgs(protocol=protocol, port=first, end_port=last if last > first else None)
        for way in ways
        for protocol, first, last in way
    ]


def _peers(addresses: Sequence[str]) -> list[k8s.networking.v1.NetworkPolicyPeerArgs] | None:
    return [net.NetworkPolicyPeerArgs(ip_block=net.IPBlockArgs(cidr=each)) for each in addresses] or None


def _from(addresses: Sequence[str], *ways: Ports) -> k8s.networking.v1.NetworkPolicyIngressRuleArgs:
    return net.NetworkPolicyIngressRuleArgs(from_=_peers(addresses), ports=_ports(ways))


def _to(*ways: Ports, at: Sequence[str] = ()) -> k8s.networking.v1.NetworkPolicyEgressRuleArgs:
    return net.NetworkPolicyEgressRuleArgs(to=_peers(at), ports=_ports(ways))
