"""An edge: Kamailio, rtpengine and the web server on the network of one labelled machine.

Telephones and carriers know an edge by its address, and speech comes to ten thousand ports of it: no service of a
cluster stands before them. The pod has no calls of its own to lose where only Kamailio ends: who is registered stands
in the database, and media goes on in rtpengine.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as k8s

from provisioner.core.site import BESIDE, KAMAILIO, RTPENGINE, Cluster, sized

from . import pods
from .base import Base
from .facts import COMPONENT, NODE, Node, labels

meta, v1 = k8s.meta.v1, k8s.core.v1

SELECTOR = "pbx/edge"
"""The label of the machine that an edge is on; its value is the edge's name."""

CONFIG = "/etc/kamailio/current/kamailio.cfg"
PLACES = {
    "/etc/kamailio": "etc",
    "/run": "run",
    "/tmp": "tmp",
    "/var/lib/pbx-devices": "devices",
    pods.PROGRAMS: "programs",
}
WEB_PLACES = {"/var/lib/nginx": "webcache", "/var/log/nginx": "weblog"}
WHY = {
    pods.HOST_NETWORK: "telephones and carriers know the edge by its address, and speech comes to 10,000 ports of it",
    pods.ROOT: "web: nginx binds 443 and 636, then its workers give root up",
}
_CAPABILITIES = ("NET_BIND_SERVICE", "SETUID", "SETGID", "CHOWN", "DAC_READ_SEARCH")
"""What nginx needs to begin as root: its ports, its workers' user, their folders, and the key of the certificate."""


@dataclass(frozen=True)
class EdgeArgs:
    """The node, what it stands on, and the names of the cores that it sends calls to."""

    cluster: Cluster
    node: Node
    base: Base
    cores: tuple[str, ...]
    public_name: str


class Edge(pulumi.ComponentResource):
    """One edge node."""

    def __init__(self, args: EdgeArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        name = args.node.name
        super().__init__("pbx:kubernetes:Edge", name, None, opts)
        self._args = args
        child = pulumi.ResourceOptions(parent=self)
        self._full = f"edge-{name}"
        self._secrets = {
            each: f"{self._full}-{each}-{args.node.version}" for each in ("kamailio", "rtpengine", "nginx")
        }
        for product, secret in self._secrets.items():
            v1.Secret(
                secret,
                metadata=self._metadata(secret),
                string_data=pulumi.Output.secret(args.node.of(product)),
                immutable=True,
                opts=child,
            )
        if args.cluster.issuer:
            self._certificate(child)
        k8s.apps.v1.DaemonSet(
            self._full,
            metadata=self._metadata(self._full, {"pulumi.com/skipAwait": "true"}),
            spec=k8s.apps.v1.DaemonSetSpecArgs(
                selector=meta.LabelSelectorArgs(match_labels={COMPONENT: "edge", NODE: name}),
                template=v1.PodTemplateSpecArgs(
                    metadata=meta.ObjectMetaArgs(labels=labels("edge", name), annotations=WHY), spec=self._pod()
                ),
            ),
            opts=child,
        )
        self.register_outputs({})

    def _metadata(self, name: str, notes: Mapping[str, str] | None = None) -> k8s.meta.v1.ObjectMetaArgs:
        return meta.ObjectMetaArgs(
            name=name,
            namespace=self._args.cluster.namespace,
            labels=labels("edge", self._args.node.name),
            annotations=notes,
        )

    def _certificate(self, opts: pulumi.ResourceOptions) -> None:
        kind, _, issuer = self._args.cluster.issuer.partition("/")
        k8s.apiextensions.CustomResource(
            f"{self._full}-certificate",
            api_version="cert-manager.io/v1",
            kind="Certificate",
            metadata=self._metadata(self._full),
            spec={
                "secretName": f"{self._full}-tls",
                "dnsNames": [self._args.public_name],
                "issuerRef": {"name": issuer, "kind": kind},
            },
            opts=opts,
        )

    def _pod(self) -> k8s.core.v1.PodSpecArgs:
        args = self._args
        sources = [
            v1.VolumeArgs(name=product, secret=v1.SecretVolumeSourceArgs(secret_name=secret))
            for product, secret in self._secrets.items()
        ]
        # Not there before cert-manager has one signed; until then the edge signs its own.
        signed = v1.SecretVolumeSourceArgs(secret_name=f"{self._full}-tls", optional=True)
        return v1.PodSpecArgs(
            service_account_name="edge",
            automount_service_account_token=True,
            host_network=True,
            dns_policy="ClusterFirstWithHostNet",
            node_selector={SELECTOR: args.node.name},
            security_context=pods.security(),
            termination_grace_period_seconds=30,
            init_containers=[self._kamailio("prepare", pods.program("prepare-edge"))],
            containers=[
                self._kamailio(
                    "kamailio",
                    ["kamailio", "-DD", "-E", "-f", CONFIG, "-m", "256", "-M", "16"],
                    sized(KAMAILIO, args.node.name),
                ),
                self._rtpengine(),
                self._web(),
                self._kamailio("reloader", pods.program("edge")),
            ],
            volumes=[
                *pods.empty("etc", "run", "tmp", "devices", "webcache", "weblog"),
                *sources,
                v1.VolumeArgs(name="tls", secret=signed),
                pods.programs_volume(args.base.programs, args.base.paths),
            ],
        )

    def _kamailio(self, name: str, command: list[str], size: str = BESIDE) -> k8s.core.v1.ContainerArgs:
        probe = pods.asks(["kamcmd", "core.uptime"]) if name == "kamailio" else None
        return v1.ContainerArgs(
            name=name,
            image=self._args.cluster.images["kamailio"],
            command=command,
            env=pods.environment({"PBX_NODE": self._args.node.name, "PBX_CORES": ",".join(self._args.cores)}),
            security_context=pods.confined(),
            resources=pods.resources(self._args.cluster.workloads[size]),
            readiness_probe=probe,
            liveness_probe=probe,
            volume_mounts=[
                *pods.mounts(PLACES),
                *pods.mounts({"/pbx/kamailio": "kamailio", "/pbx/tls": "tls"}, read_only=True),
            ],
        )

    def _rtpengine(self) -> k8s.core.v1.ContainerArgs:
        config = "/etc/rtpengine/rtpengine.conf"
        return v1.ContainerArgs(
            name="rtpengine",
            image=self._args.cluster.images["rtpengine"],
            command=["rtpengine", "--config-file", config, "--foreground", "--log-stderr"],
            env=pods.environment({}),
            security_context=pods.confined(),
            resources=pods.resources(self._args.cluster.workloads[sized(RTPENGINE, self._args.node.name)]),
            volume_mounts=[
                *pods.mounts({"/run": "run", "/tmp": "tmp"}),
                *pods.mounts({"/etc/rtpengine": "rtpengine"}, read_only=True),
            ],
        )

    def _web(self) -> k8s.core.v1.ContainerArgs:
        return v1.ContainerArgs(
            name="web",
            image=self._args.cluster.images["web"],
            command=["nginx", "-g", "daemon off;", "-c", "/pbx/nginx/nginx.conf"],
            env=pods.environment({}),
            security_context=pods.first_root(_CAPABILITIES),
            resources=pods.resources(self._args.cluster.workloads[BESIDE]),
            volume_mounts=[
                *pods.mounts({**WEB_PLACES, **PLACES}),
                *pods.mounts({"/pbx/nginx": "nginx"}, read_only=True),
            ],
        )
