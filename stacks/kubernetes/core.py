"""A core: Asterisk in one pod, beside it the program that takes bundles in.

A core that shall end takes no new calls and waits for those in progress: a roll or a drained machine cuts nobody off.
Its tenants cannot call meanwhile: queues and rooms live in one place. Messages, greetings and what users set by phone
lie on a volume that outlives the pod.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import pulumi
import pulumi_kubernetes as k8s

from provisioner.core.site import BESIDE, CORE, Cluster, Storage, Workload, sized

from . import pods
from .base import Base
from .facts import COMPONENT, NODE, PART_OF, Node, labels

meta, v1 = k8s.meta.v1, k8s.core.v1

LIBEXEC = "/usr/local/libexec/pbx"
"""Where the dialplan finds the programs that it runs."""

PLACES = {
    "/etc/asterisk": "etc",
    "/run": "run",
    "/tmp": "tmp",
    "/var/log/asterisk": "log",
    "/usr/share/asterisk/sounds": "sounds",
    "/var/lib/asterisk": "lived/lib",
    "/var/spool/asterisk": "lived/spool",
    pods.PROGRAMS: "programs",
    LIBEXEC: "libexec",
}
"""What Asterisk and the program beside it both see; everything else of the image is as it was built."""

_MARGIN = 30
"""Seconds beside the calls: for Asterisk to end, and the hook to see it."""


@dataclass(frozen=True)
class CoreArgs:
    """The node, and what it stands on."""

    cluster: Cluster
    node: Node
    base: Base


class Core(pulumi.ComponentResource):
    """One core node."""

    def __init__(self, args: CoreArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        name = args.node.name
        super().__init__("pbx:kubernetes:Core", name, None, opts)
        self._args = args
        child = pulumi.ResourceOptions(parent=self)
        full = f"core-{name}"
        files = f"{full}-{args.node.version}"
        v1.Secret(
            files,
            metadata=self._metadata(files),
            string_data=pulumi.Output.secret(args.node.of("asterisk")),
            immutable=True,
            opts=child,
        )
        v1.Service(
            full,
            metadata=self._metadata(full),
            spec=v1.ServiceSpecArgs(
                cluster_ip="None",
                selector={COMPONENT: "core", NODE: name},
                ports=[v1.ServicePortArgs(name="sip", port=5060, protocol="UDP")],
                # Who shall be found is known to be there; a core that starts is asked nothing before.
                publish_not_ready_addresses=True,
            ),
            opts=child,
        )
        k8s.apps.v1.StatefulSet(full, metadata=self._metadata(full, wait=False), spec=self._spec(files), opts=child)
        self.register_outputs({})

    def _metadata(self, name: str, wait: bool = True) -> k8s.meta.v1.ObjectMetaArgs:
        # Whether pods came up is asked by the node's own resource, which can say why not.
        notes = None if wait else {"pulumi.com/skipAwait": "true"}
        return meta.ObjectMetaArgs(
            name=name,
            namespace=self._args.cluster.namespace,
            labels=labels("core", self._args.node.name),
            annotations=notes,
        )

    def _spec(self, files: str) -> k8s.apps.v1.StatefulSetSpecArgs:
        name = self._args.node.name
        persistent = self._args.cluster.storage is Storage.PERSISTENT
        return k8s.apps.v1.StatefulSetSpecArgs(
            replicas=1,
            service_name=f"core-{name}",
            selector=meta.LabelSelectorArgs(match_labels={COMPONENT: "core", NODE: name}),
            template=v1.PodTemplateSpecArgs(
                metadata=meta.ObjectMetaArgs(labels=labels("core", name)), spec=self._pod(files)
            ),
            volume_claim_templates=[self._claim()] if persistent else None,
        )

    def _pod(self, files: str) -> k8s.core.v1.PodSpecArgs:
        cluster, base = self._args.cluster, self._args.base
        ephemeral = [] if cluster.storage is Storage.PERSISTENT else pods.empty("lived")
        return v1.PodSpecArgs(
            service_account_name="core",
            automount_service_account_token=True,
            security_context=pods.security(),
            termination_grace_period_seconds=cluster.drain_seconds + _MARGIN,
            affinity=_apart(),
            topology_spread_constraints=[
                v1.TopologySpreadConstraintArgs(
                    max_skew=1,
                    topology_key="topology.kubernetes.io/zone",
                    when_unsatisfiable="ScheduleAnyway",
                    label_selector=meta.LabelSelectorArgs(match_labels={PART_OF: "pbx", COMPONENT: "core"}),
                )
            ],
            init_containers=[self._prepare()],
            containers=[self._asterisk(), self._reloader()],
            volumes=[
                *pods.empty("etc", "run", "tmp", "log", "sounds"),
                *ephemeral,
                v1.VolumeArgs(name="platform", secret=v1.SecretVolumeSourceArgs(secret_name=files)),
                pods.programs_volume(base.programs, base.paths),
                pods.libexec_volume(base.programs, base.paths),
            ],
        )

    def _prepare(self) -> k8s.core.v1.ContainerArgs:
        """Here the image's own sounds are still seen; what is mounted over them begins empty."""
        ours = ("/run", "/tmp", pods.PROGRAMS, LIBEXEC)
        places = {path: PLACES[path] for path in ours} | {
            f"/pbx/{folder}": volume
            for folder, volume in {
                "platform": "platform",
                "etc": "etc",
                "log": "log",
                "sounds": "sounds",
                "lib": "lived/lib",
                "spool": "lived/spool",
            }.items()
        }
        return v1.ContainerArgs(
            name="prepare",
            image=self._args.cluster.images["asterisk"],
            command=pods.program("prepare-core"),
            env=self._environment(),
            security_context=pods.confined(),
            resources=pods.resources(self._beside),
            volume_mounts=pods.mounts(places),
        )

    def _asterisk(self) -> k8s.core.v1.ContainerArgs:
        return v1.ContainerArgs(
            name="asterisk",
            image=self._args.cluster.images["asterisk"],
            command=["asterisk", "-f", "-n", "-C", "/etc/asterisk/asterisk.conf"],
            env=self._environment(),
            security_context=pods.confined(),
            resources=pods.resources(self._workload),
            ports=[v1.ContainerPortArgs(name="sip", container_port=5060, protocol="UDP")],
            startup_probe=pods.asks(["asterisk", "-rx", "core waitfullybooted"], every=2, failures=60),
            readiness_probe=pods.asks(["asterisk", "-rx", "core show uptime"]),
            liveness_probe=pods.asks(["asterisk", "-rx", "core show uptime"], every=20, failures=6),
            lifecycle=v1.LifecycleArgs(
                pre_stop=v1.LifecycleHandlerArgs(exec_=v1.ExecActionArgs(command=pods.program("drain")))
            ),
            volume_mounts=pods.mounts(PLACES),
        )

    def _reloader(self) -> k8s.core.v1.ContainerArgs:
        return v1.ContainerArgs(
            name="reloader",
            image=self._args.cluster.images["asterisk"],
            command=pods.program("core"),
            env=self._environment(),
            security_context=pods.confined(),
            resources=pods.resources(self._beside),
            ports=[v1.ContainerPortArgs(name="status", container_port=pods.STATUS_PORT)],
            readiness_probe=pods.listens(pods.STATUS_PORT),
            # It waits for the change in hand, and for a drained Asterisk's calls nobody needs it.
            volume_mounts=pods.mounts(PLACES),
        )

    @property
    def _workload(self) -> Workload:
        return self._args.cluster.workloads[sized(CORE, self._args.node.name)]

    @property
    def _beside(self) -> Workload:
        """It is small itself, and what it runs to check new files is another Asterisk."""
        return replace(self._workload, cpu=self._args.cluster.workloads[BESIDE].cpu)

    def _environment(self) -> list[k8s.core.v1.EnvVarArgs]:
        seconds = str(self._args.cluster.drain_seconds)
        return pods.environment({"PBX_NODE": self._args.node.name, "PBX_DRAIN_SECONDS": seconds})

    def _claim(self) -> k8s.core.v1.PersistentVolumeClaimArgs:
        cluster = self._args.cluster
        return pods.claim("lived", self._workload.disk, cluster.storage_class)


def _apart() -> k8s.core.v1.AffinityArgs:
    """Cores on different machines where there are enough: one machine lost shall be one core lost."""
    term = v1.PodAffinityTermArgs(
        topology_key="kubernetes.io/hostname",
        label_selector=meta.LabelSelectorArgs(match_labels={PART_OF: "pbx", COMPONENT: "core"}),
    )
    weighted = v1.WeightedPodAffinityTermArgs(weight=100, pod_affinity_term=term)
    return v1.AffinityArgs(
        pod_anti_affinity=v1.PodAntiAffinityArgs(preferred_during_scheduling_ignored_during_execution=[weighted])
    )
