"""The database of an environment, and the one who writes tenants' rows into it.

Both are one pod: rows are written by the database's administrator, who is known by a socket and has no password.
With a PostgreSQL of the provider's own only the writer is left, and logs in as the environment's secret says.
"""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as k8s

from provisioner.core.site import BESIDE, DATABASE, POSTGRESQL, Cluster, Storage

from . import pods
from .base import Base
from .facts import COMPONENT, NODE, Node, labels

meta, v1 = k8s.meta.v1, k8s.core.v1

NAME = DATABASE
ADMINISTRATOR = "database-administrator"
"""The secret of the provider's own making, with `user` and `password`, for a database outside of the cluster."""

PLACES = {"/run": "run", "/tmp": "tmp", "/var/lib/postgresql": "lived/data", pods.PROGRAMS: "programs"}


@dataclass(frozen=True)
class DataArgs:
    """The node, and what it stands on."""

    cluster: Cluster
    node: Node
    base: Base


class Data(pulumi.ComponentResource):
    """The data node."""

    def __init__(self, args: DataArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("pbx:kubernetes:Data", NAME, None, opts)
        self._args = args
        child = pulumi.ResourceOptions(parent=self)
        files = f"{NAME}-{args.node.version}"
        v1.Secret(
            files,
            metadata=self._metadata(files),
            string_data=pulumi.Output.secret(args.node.of("postgres")),
            immutable=True,
            opts=child,
        )
        if not args.cluster.database:
            v1.Service(
                NAME,
                metadata=self._metadata(NAME),
                spec=v1.ServiceSpecArgs(
                    selector={COMPONENT: "data", NODE: NAME},
                    ports=[v1.ServicePortArgs(name="postgresql", port=5432)],
                ),
                opts=pulumi.ResourceOptions.merge(child, pulumi.ResourceOptions(delete_before_replace=True)),
            )
        k8s.apps.v1.StatefulSet(NAME, metadata=self._metadata(NAME, wait=False), spec=self._spec(files), opts=child)
        self.register_outputs({})

    def _metadata(self, name: str, wait: bool = True) -> k8s.meta.v1.ObjectMetaArgs:
        # Neither a service nor a set of pods is waited for here: the node's own resource can say why they are not up.
        notes = {"pulumi.com/skipAwait": "true"} if not wait or name == NAME else None
        return meta.ObjectMetaArgs(
            name=name, namespace=self._args.cluster.namespace, labels=labels("data", NAME), annotations=notes
        )

    def _spec(self, files: str) -> k8s.apps.v1.StatefulSetSpecArgs:
        cluster = self._args.cluster
        claims = cluster.storage is Storage.PERSISTENT and not cluster.database
        workload = cluster.workloads[POSTGRESQL]
        return k8s.apps.v1.StatefulSetSpecArgs(
            replicas=1,
            service_name=NAME,
            selector=meta.LabelSelectorArgs(match_labels={COMPONENT: "data", NODE: NAME}),
            template=v1.PodTemplateSpecArgs(
                metadata=meta.ObjectMetaArgs(labels=labels("data", NAME)), spec=self._pod(files, claims)
            ),
            volume_claim_templates=[pods.claim("lived", workload.disk, cluster.storage_class)] if claims else None,
        )

    def _pod(self, files: str, claims: bool) -> k8s.core.v1.PodSpecArgs:
        cluster, base = self._args.cluster, self._args.base
        return v1.PodSpecArgs(
            service_account_name="data",
            automount_service_account_token=True,
            security_context=pods.security(),
            termination_grace_period_seconds=60,
            containers=[*([] if cluster.database else [self._postgresql()]), self._rows()],
            volumes=[
                *pods.empty("run", "tmp", *(() if claims else ("lived",))),
                v1.VolumeArgs(name="platform", secret=v1.SecretVolumeSourceArgs(secret_name=files)),
                pods.programs_volume(base.programs, base.paths),
            ],
        )

    def _postgresql(self) -> k8s.core.v1.ContainerArgs:
        cluster = self._args.cluster
        workload = cluster.workloads[POSTGRESQL]
        return v1.ContainerArgs(
            name="postgresql",
            image=cluster.images["postgresql"],
            command=pods.program("database"),
            env=pods.environment({}),
            security_context=pods.confined(),
            resources=pods.resources(workload),
            ports=[v1.ContainerPortArgs(name="postgresql", container_port=5432)],
            readiness_probe=pods.listens(5432),
            volume_mounts=pods.mounts({**PLACES, "/pbx/platform": "platform"}),
        )

    def _rows(self) -> k8s.core.v1.ContainerArgs:
        cluster = self._args.cluster
        login = []
        if cluster.database:
            login = [v1.EnvVarArgs(name="PGHOST", value=cluster.database)]
            for variable, key in (("PGUSER", "user"), ("PGPASSWORD", "password")):
                source = v1.SecretKeySelectorArgs(name=ADMINISTRATOR, key=key)
                login.append(v1.EnvVarArgs(name=variable, value_from=v1.EnvVarSourceArgs(secret_key_ref=source)))
        return v1.ContainerArgs(
            name="rows",
            image=cluster.images["postgresql"],
            command=pods.program("rows"),
            env=[*pods.environment({"PBX_NODE": "rows"}), *login],
            security_context=pods.confined(),
            resources=pods.resources(cluster.workloads[BESIDE]),
            ports=[v1.ContainerPortArgs(name="status", container_port=pods.STATUS_PORT)],
            readiness_probe=pods.listens(pods.STATUS_PORT),
            volume_mounts=pods.mounts({**PLACES, "/pbx/platform": "platform"}),
        )
