"""Where the machines of an environment are: in a lab, or where the provider says."""

from __future__ import annotations

import os
from collections.abc import Iterable

from provisioner.core.errors import PbxError
from provisioner.core.site import Machine, Role, Site
from provisioner.provider import Hosts, Lab


def lab_name(described: Lab) -> str:
    """The lab that an environment is, or the one that PBX_LAB names."""
    return os.environ.get("PBX_LAB") or described.lab


def of_lab(environment: str, name: str, trunks: Iterable[str]) -> Site:
    """The machines of a lab; raises PbxError where it is not up."""
    from provisioner.adapters.lab import Lab as Machines
    from provisioner.adapters.lab import catcher, topology

    status = Machines(name).status()
    if status.slot is None:
        raise PbxError(f"the lab {name} is not up", f"run `pbx lab up --name {name}`")
    slot = status.slot
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
    carrier = topology.BY_NAME["carrier"].public_address(slot) or ""
    return Site(
        environment,
        tuple(machines),
        (f"198.18.{slot}.0/24",),
        trunk_addresses=dict.fromkeys(trunks, carrier),  # no trunk of a lab may lead to a real carrier
        outlets=catcher.outlets(carrier),  # nor any notice to a real mailbox or telephone
        ssh_config=str(status.ssh_config),
    )


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
