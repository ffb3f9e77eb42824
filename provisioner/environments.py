"""Environments of the provider's file: a lab, machines over SSH, or pods of a cluster, each on its own terms.

Not for what the environments share: trunks, plans and placement stand in `provider.py`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal, Self

from pydantic import Field, IPvAnyAddress, model_validator
from pydantic_core import PydanticCustomError

from provisioner.core.model import Model, Name, Seconds
from provisioner.core.site import BESIDE, CORE, DATABASE, KAMAILIO, POSTGRESQL, RTPENGINE, Workload, sized
from provisioner.sizing import WORKLOADS, Size

Port = Annotated[int, Field(ge=1, le=65535)]

Host = Annotated[str, Field(pattern=r"^[A-Za-z0-9]([A-Za-z0-9.:-]*[A-Za-z0-9])?$", max_length=253)]
"""A host name or an address."""

Network = Annotated[str, Field(pattern=r"^[0-9]{1,3}(\.[0-9]{1,3}){3}(/[0-9]{1,2})?$")]
"""An IPv4 address, or a network as `192.0.2.0/24`."""


class Node(Model):
    """A machine of an environment."""

    role: Literal["edge", "core", "data"]
    """What the machine is for."""
    address: IPvAnyAddress
    """On the private network that the nodes share."""
    public_address: IPvAnyAddress | None = None
    """Where users and carriers reach an edge."""
    ssh: Host | None = None
    """Where the tool reaches it; `address` where it is not given."""
    ssh_port: Port = 22
    """Where its SSH server listens."""
    ssh_user: str = Field(default="root", pattern=r"^[a-z_][a-z0-9_-]{0,31}$")
    """Who logs in there; may become root."""


class Lab(Model):
    """Machines on the engineer's own computer; the lab names and addresses them itself."""

    target: Literal["lab"]
    """`lab`: machines on the engineer's own computer."""
    lab: Name = "default"
    """Which of several labs on one computer."""


class Hosts(Model):
    """Debian-family machines, reached over SSH."""

    target: Literal["hosts"]
    """`hosts`: machines reached over SSH."""
    nodes: dict[Name, Node] = Field(min_length=1)
    public_name: Host | None = None
    """The host name that carriers see; the edge's public address where it is not given."""
    trunk_addresses: dict[Name, Host] = Field(default_factory=dict)
    """Other addresses of trunks in this environment, for example a carrier's test system."""
    management_networks: list[Network] = Field(default_factory=lambda: ["0.0.0.0/0"])
    """Networks that may open SSH sessions to the nodes; every one where none is named."""

    def of_role(self, role: str) -> Iterator[tuple[str, Node]]:
        return ((name, node) for name, node in self.nodes.items() if node.role == role)


Quantity = Annotated[str, Field(pattern=r"^[0-9]+(\.[0-9]+)?(m|k|Ki|M|Mi|G|Gi|T|Ti)?$")]
"""An amount as Kubernetes writes it: `500m` of a processor, `2Gi` of memory."""

ImageDigest = Annotated[str, Field(pattern=r"^sha256:[0-9a-f]{64}$")]
"""What pins an image: `sha256:` and 64 hexadecimal digits."""

Label = Annotated[str, Field(pattern=r"^[a-z0-9]+(-+[a-z0-9]+)*$", max_length=63)]
"""A name as Kubernetes has them: lower-case letters, digits, hyphens."""


class Images(Model):
    """The digest of each image. `make images` prints them."""

    asterisk: ImageDigest
    """Of the cores."""
    kamailio: ImageDigest
    """Of the edges, for signalling."""
    rtpengine: ImageDigest
    """Of the edges, for speech."""
    web: ImageDigest
    """Of the edges, for telephones that fetch their settings."""
    postgresql: ImageDigest
    """Of the database; it also writes rows into one of the provider's own."""


class Share(Model):
    """What a container may count on; where it is not given the environment's `size` says."""

    cpu: Quantity | None = None
    """What is set aside of the processor. More may be taken where it is free."""
    memory: Quantity | None = None
    """What is set aside of memory, and the most that it may take."""

    def over(self, usual: Workload) -> Workload:
        """The usual one, with what is given here in its place."""
        return Workload(self.cpu or usual.cpu, self.memory or usual.memory, getattr(self, "disk", "") or usual.disk)


class ClusterEdge(Model):
    """An edge: pods on the cluster node with the label `pbx/edge: <name>`, on that node's own network."""

    address: IPvAnyAddress
    """The cluster node's, as pods see it."""
    public_address: IPvAnyAddress
    """Where users and carriers reach the edge; the cluster node has it too."""
    kamailio: Share = Share()
    """What signalling may count on."""
    rtpengine: Share = Share()
    """What speech may count on."""


class ClusterCore(Share):
    """A core: one pod of Asterisk."""

    disk: Quantity | None = None
    """For messages, greetings and recorded calls."""


class Database(Share):
    """The database of the platform."""

    disk: Quantity | None = None
    """For rows and registrations."""
    external: Host | None = None
    """Where a PostgreSQL of the provider's own listens on port 5432; one in the cluster where it is not given."""


class Certificates(Model):
    """Who signs the edges' certificates: an issuer of cert-manager's."""

    issuer: Label
    """The issuer's name."""
    kind: Literal["Issuer", "ClusterIssuer"] = "ClusterIssuer"
    """Whether it is of the cluster or of the namespace."""


class Kubernetes(Model):
    """Pods of a cluster that is there already."""

    target: Literal["kubernetes"]
    """`kubernetes`: pods of a cluster that is there already."""
    context: str = Field(min_length=1, max_length=200)
    """Which cluster, by the name of its context in the kubeconfig. Never the one that happens to be current."""
    namespace: Label = "pbx"
    """Where everything is made; nothing else should be in it."""
    registry: str = Field(default="", max_length=200, pattern=r"^([a-zA-Z0-9.-]+(:[0-9]+)?(/[a-z0-9._-]+)*)?$")
    """Where the images lie: `registry.example.com/telephony` for `registry.example.com/telephony/pbx/asterisk`."""
    images: Images
    edges: dict[Name, ClusterEdge] = Field(min_length=1)
    cores: dict[Name, ClusterCore] = Field(min_length=1)
    database: Database = Database()
    size: Literal["standard", "small"] = "standard"
    """What is set aside for pods: `standard` is the measured need, `small` fits on a machine with two processors."""
    storage: Literal["persistent", "ephemeral"] = "persistent"
    """`persistent` claims volumes; with `ephemeral` messages and registrations are gone with their pod, for trials."""
    storage_class: Label | None = None
    """The class of the volumes; the cluster's own default where it is not given."""
    drain: Seconds = Field(default=600, ge=0, le=86400)
    """How long a core that shall end waits for its calls in progress, meanwhile taking no new ones."""
    certificates: Certificates | None = None
    """Where it is not given edges sign certificates themselves, as on hosts. Signed is `public_name`."""
    monitors: bool = False
    """Whether to ask the Prometheus operator to read cores' figures."""
    public_name: Host | None = None
    """The host name that carriers see; the edge's public address where it is not given."""
    trunk_addresses: dict[Name, Host] = Field(default_factory=dict)
    """Other addresses of trunks in this environment, for example a carrier's test system."""
    telephones: Name | None = None
    """For a trial in a cluster on the engineer's own computer: the lab whose telephones make test calls. All trunks
    then lead to that lab's carrier."""

    @model_validator(mode="after")
    def _apart(self) -> Self:
        if both := sorted(self.edges.keys() & self.cores.keys()):
            raise PydanticCustomError(
                "cluster_names",
                "{found} is an edge and a core",
                {"found": repr(both[0]), "expected": "a name of its own for each", "nearest": ""},
            )
        if DATABASE in {*self.edges, *self.cores}:
            raise PydanticCustomError(
                "cluster_names",
                "{found} is the database, and an edge or a core",
                {"found": repr(DATABASE), "expected": "another name", "nearest": ""},
            )
        return self

    @model_validator(mode="after")
    def _signed_name(self) -> Self:
        if self.certificates and not self.public_name:
            raise PydanticCustomError(
                "certificates",
                "{found} can be signed for nobody",
                {"found": "a certificate without a name", "expected": "public_name beside certificates", "nearest": ""},
            )
        return self

    def of_role(self, role: str) -> Iterator[tuple[str, ClusterEdge | ClusterCore]]:
        """The edges or the cores."""
        found: dict[str, dict[str, ClusterEdge | ClusterCore]] = {"edge": {**self.edges}, "core": {**self.cores}}
        return iter(found.get(role, {}).items())

    @property
    def workloads(self) -> dict[str, Workload]:
        """What each container may count on: by what is given, else by the size."""
        usual = WORKLOADS[Size(self.size)]
        found = {BESIDE: usual[BESIDE], POSTGRESQL: self.database.over(usual[POSTGRESQL])}
        for name, edge in self.edges.items():
            found[sized(KAMAILIO, name)] = edge.kamailio.over(usual[KAMAILIO])
            found[sized(RTPENGINE, name)] = edge.rtpengine.over(usual[RTPENGINE])
        return found | {sized(CORE, name): core.over(usual[CORE]) for name, core in self.cores.items()}

    def image(self, product: str) -> str:
        """Where the image of a product lies, pinned by its digest."""
        digest: str = getattr(self.images, product)
        return "/".join(filter(None, (self.registry, f"pbx/{product}@{digest}")))


Environment = Annotated[Lab | Hosts | Kubernetes, Field(discriminator="target")]
