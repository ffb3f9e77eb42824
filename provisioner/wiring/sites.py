"""Where the machines of an environment are: in a lab, or where the provider says."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import TYPE_CHECKING

from provisioner.core.errors import PbxError
from provisioner.core.site import DATABASE, Cluster, Machine, Role, Site, Storage, pod_address
from provisioner.environments import Hosts, Kubernetes, Lab

if TYPE_CHECKING:
    from provisioner.adapters.lab import LabStatus


def lab_name(described: Lab) -> str:
    """The lab that an environment is, or the one that PBX_LAB names."""
    return os.environ.get("PBX_LAB") or described.lab


def of_lab(environment: str, name: str, trunks: Iterable[str]) -> Site:
    """The machines of a lab; raises PbxError where it is not up."""
    from provisioner.adapters.lab import catcher, topology

    status, slot = _up(name)
    machines = [
        Machine(
            role.value,
            role,
            spec.private_address(slot),
            spec.public_address(slot) or "",
            role.value,
            installation=status.generation,
        )
        for role in Role
        if (spec := topology.BY_NAME[role.value])
    ]
    carrier = _carrier(slot)
    return Site(
        environment,
        tuple(machines),
        (f"198.18.{slot}.0/24",),
        trunk_addresses=dict.fromkeys(trunks, carrier),
        outlets=catcher.outlets(carrier),  # nor any notice to a real mailbox or telephone
        ssh_config=str(status.ssh_config),
    )


def _up(name: str) -> tuple[LabStatus, int]:
    from provisioner.adapters.lab import Lab as Machines

    status = Machines(name).status()
    if status.slot is None:
        raise PbxError(f"the lab {name} is not up", f"run `pbx lab up --name {name}`")
    return status, status.slot


def _carrier(slot: int) -> str:
    """Where all trunks lead in a lab, or beside one: none of them may reach a real carrier."""
    from provisioner.adapters.lab import topology

    return topology.BY_NAME["carrier"].public_address(slot) or ""


def of_hosts(environment: str, described: Hosts) -> Site:
    """Machines that the provider named."""
    machines = [
        Machine(
            name,
            Role(node.role),
            str(node.address),
            str(node.public_address or ""),
            node.ssh or str(node.address),
            node.ssh_port,
            node.ssh_user,
        )
        for name, node in described.nodes.items()
    ]
    return Site(
        environment,
        tuple(machines),
        tuple(described.management_networks),
        described.public_name or "",
        dict(described.trunk_addresses),
    )


def of_cluster(environment: str, described: Kubernetes, trunks: Iterable[str] = ()) -> Site:
    """Pods of a cluster. A core's address is known there only: what stands here is put right by who runs the pod."""
    base = described.namespace
    database = described.database
    machines = [Machine(DATABASE, Role.DATA, database.external or pod_address(DATABASE))]
    machines += [
        Machine(name, Role.EDGE, str(each.address), str(each.public_address)) for name, each in described.edges.items()
    ]
    machines += [Machine(name, Role.CORE, pod_address(name)) for name in described.cores]
    issuer, lab = described.certificates, described.telephones
    cluster = Cluster(
        described.context,
        base,
        {each: described.image(each) for each in type(described.images).model_fields},
        described.workloads,
        Storage(described.storage),
        described.storage_class or "",
        described.drain,
        database.external or "",
        f"{issuer.kind}/{issuer.issuer}" if issuer else "",
        described.monitors,
    )
    return Site(
        environment,
        tuple(machines),
        (),
        described.public_name or "",
        dict.fromkeys(trunks, _carrier(_up(lab)[1])) if lab else dict(described.trunk_addresses),
        cluster=cluster,
    )
