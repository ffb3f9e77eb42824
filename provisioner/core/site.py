"""The machines of one environment, as facts: who they are, what they do, where they are reached.

The same for a lab and for real hosts; nothing here knows which of the two it is but for how SSH is told the way.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from .outlets import Outlets


class Role(StrEnum):
    """What a machine is for; also the name of its group in the inventory."""

    DATA = "data"
    EDGE = "edge"
    CORE = "core"


@dataclass(frozen=True, slots=True)
class Machine:
    """A machine of the platform. Addresses are IPv4."""

    name: str
    role: Role
    private_address: str
    """On the network that the nodes share."""
    public_address: str = ""
    """Where users and carriers reach an edge."""
    ssh_host: str = ""
    ssh_port: int = 22
    ssh_user: str = "root"
    installation: str = ""
    """Tells the machine from an earlier one that had its name and addresses; empty where that is not known."""


def pod_address(name: str) -> str:
    """What stands in files for the address of a core that is a pod; who runs the pod or reads of it puts it in."""
    return f"{name}.pod.invalid"


DATABASE = "data"
"""The data node of a cluster: its pod, its service, and where its address shall stand."""

POSTGRESQL, CORE, KAMAILIO, RTPENGINE, BESIDE = "postgresql", "asterisk", "kamailio", "rtpengine", "beside"
"""What is sized by itself; `beside` are the small programs next to a daemon, and the web server."""


def sized(component: str, node: str) -> str:
    """Which of a cluster's workloads is meant for a component of this edge or core."""
    return f"{node}/{component}"


class Storage(StrEnum):
    """Where pods of a cluster keep what users live with."""

    PERSISTENT = "persistent"
    EPHEMERAL = "ephemeral"


@dataclass(frozen=True, slots=True)
class Workload:
    """What one pod may count on, in Kubernetes' own notation; no limit on the processor, because speech is on time."""

    cpu: str
    memory: str
    disk: str = ""


@dataclass(frozen=True, slots=True)
class Cluster:
    """A Kubernetes cluster that the machines of a site are pods of."""

    context: str
    namespace: str
    images: Mapping[str, str]
    """product → its image, pinned by digest."""
    workloads: Mapping[str, Workload]
    """`sized` component of a node, or `postgresql` or `beside` → what its container may count on."""
    storage: Storage = Storage.PERSISTENT
    storage_class: str = ""
    drain_seconds: int = 600
    """How long a core that shall end waits for its calls."""
    database: str = ""
    """The address of a PostgreSQL of the provider's own; empty for one in the cluster."""
    issuer: str = ""
    """`Kind/name` of cert-manager's issuer; empty for certificates that the edges make themselves."""
    monitors: bool = False
    """Whether the Prometheus operator shall read the figures of cores."""


@dataclass(frozen=True)
class Site:
    """An environment's machines and surroundings."""

    environment: str
    machines: tuple[Machine, ...]
    management_networks: tuple[str, ...]
    """Networks that may open SSH sessions."""
    public_name: str = ""
    """The host name that carriers see; the edge's public address where it is empty."""
    trunk_addresses: Mapping[str, str] = field(default_factory=dict)
    """Trunks that have another address here than in the provider's file."""
    outlets: Outlets | None = None
    """Where notices leave here instead of by the provider's relay and gateway."""
    ssh_config: str = ""
    """File that tells SSH keys and hosts, or nothing."""
    cluster: Cluster | None = None
    """Where the machines are pods."""

    def of(self, role: Role) -> tuple[Machine, ...]:
        return tuple(each for each in self.machines if each.role is role)

    def installation(self, names: Iterable[str]) -> str:
        """The installations of these machines; empty where none is known."""
        wanted = set(names)
        return ",".join(each.installation for each in self.machines if each.name in wanted and each.installation)
