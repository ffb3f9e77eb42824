"""Environments whose nodes cannot make a platform."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from provisioner.core.feature import Claims
from provisioner.core.findings import Finding, Rule, nearest
from provisioner.core.source import Path
from provisioner.environments import Environment, Hosts, Kubernetes, Lab
from provisioner.provider import Provider

ROLE_MISSING = Rule(
    code="X106",
    title="Environment without a node of some role",
    why="The platform needs an edge that telephones and carriers reach, a core that runs the dialplan, and a data "
    "node that knows the telephones.",
    remedy="Add a node of the missing role; one machine may not have two.",
    bad="nodes: {edge-1: {role: edge, …}, core-1: {role: core, …}}",
    good="nodes: {edge-1: {role: edge, …}, core-1: {role: core, …}, data-1: {role: data, …}}",
    source="docs: architecture",
)
ADDRESS_TWICE = Rule(
    code="X107",
    title="Two nodes with one address",
    why="Each apply would undo the other's half.",
    remedy="Give each node its own address.",
    bad="nodes: {core-1: {address: 10.0.0.3, …}, data-1: {address: 10.0.0.3, …}}",
    good="nodes: {core-1: {address: 10.0.0.3, …}, data-1: {address: 10.0.0.4, …}}",
    source="docs: architecture",
)
NOT_PUBLIC = Rule(
    code="X108",
    title="Edge without a public address",
    why="Telephones and carriers could not send it their voices.",
    remedy="Say where users and carriers reach it.",
    bad="edge-1: {role: edge, address: 10.0.0.2}",
    good="edge-1: {role: edge, address: 10.0.0.2, public_address: 192.0.2.2}",
    source="docs: architecture",
)
NO_HOME = Rule(
    code="X109",
    title="Tenants placed on a core node that does not exist",
    why="Their calls would go nowhere.",
    remedy="Use the name of a node with role core; environments that share a placement share the names.",
    bad="placement: {default: core}\nenvironments: {live: {nodes: {core-1: {role: core, …}}}}",
    good="placement: {default: core-1}\nenvironments: {live: {nodes: {core-1: {role: core, …}}}}",
    source="docs: architecture",
)

NO_CHAT_NODE = Rule(
    code="X115",
    title="Chat on a node that is no edge",
    why="Users reach edges alone: nobody could log in.",
    remedy="Use the name of a node with role edge; environments share the name.",
    bad="chat: {node: chat-1}\nenvironments: {live: {nodes: {edge-1: {role: edge, …}}}}",
    good="chat: {node: edge-1}\nenvironments: {live: {nodes: {edge-1: {role: edge, …}}}}",
    source="C1",
)

NO_CHAT_IN_PODS = Rule(
    code="X116",
    title="Chat in an environment that carries none",
    why="Chat runs on edges that are hosts. In a cluster users' programs would find no server.",
    remedy="Keep the environment on hosts, or take `chat` out of provider.yaml.",
    bad="chat: {}\nenvironments: {cloud: {target: kubernetes, …}}",
    good="chat: {}\nenvironments: {live: {target: hosts, …}}",
    source="C1",
)

ROLES = ("edge", "core", "data")
LAB_EDGES = ("edge",)
"""The edges of a lab."""
LAB_CORES = ("core",)
"""The core nodes of a lab, which names its machines itself."""


def check_roles(provider: Provider | None, _: Mapping[str, Claims]) -> Iterator[tuple[str, Finding]]:
    for name, environment in _hosts(provider):
        for role in ROLES:
            if not any(environment.of_role(role)):
                path = ("environments", name, "nodes")
                found = f"none of {len(environment.nodes)} nodes has the role {role}"
                yield "", ROLE_MISSING.at(path, found, expected=f"a node with role: {role}", on_key=True)


def check_addresses(provider: Provider | None, _: Mapping[str, Claims]) -> Iterator[tuple[str, Finding]]:
    for name, environment in provider.environments.items() if provider else ():
        owners: dict[str, str] = {}
        section, addresses = _addresses(environment)
        for node, address in addresses.items():
            owner = owners.setdefault(address, node)
            if owner != node:
                path = ("environments", name, section, node, "address")
                found = f"{address} is the address of {owner} too"
                yield "", ADDRESS_TWICE.at(path, found, expected="an address of its own")


def _addresses(environment: Environment) -> tuple[str, dict[str, str]]:
    """The section that names machines, and their addresses."""
    match environment:
        case Hosts():
            return "nodes", {node: str(each.address) for node, each in environment.nodes.items()}
        case Kubernetes():
            return "edges", {edge: str(each.address) for edge, each in environment.edges.items()}
        case Lab():
            return "", {}


def check_chat_in_pods(provider: Provider | None, _: Mapping[str, Claims]) -> Iterator[tuple[str, Finding]]:
    for name, environment in provider.environments.items() if provider and provider.chat else ():
        if isinstance(environment, Kubernetes):
            found = f"the provider has chat, and {name} is a cluster, where nobody carries it yet"
            yield "", NO_CHAT_IN_PODS.at(("environments", name, "target"), found, expected="hosts")


def check_public(provider: Provider | None, _: Mapping[str, Claims]) -> Iterator[tuple[str, Finding]]:
    for name, environment in _hosts(provider):
        for node, what in environment.of_role("edge"):
            if what.public_address is None:
                path = ("environments", name, "nodes", node)
                found = f"the edge {node} has no public_address"
                yield "", NOT_PUBLIC.at(path, found, expected="the address that users reach", on_key=True)


def check_homes(provider: Provider | None, _: Mapping[str, Claims]) -> Iterator[tuple[str, Finding]]:
    if provider is None or not provider.environments:
        return
    placement = provider.placement
    places: list[tuple[Path, str]] = [(("placement", "default"), placement.default)]
    places += [(("placement", "tenants", slug), home) for slug, home in placement.tenants.items()]
    for name, environment in provider.environments.items():
        cores = _names(environment, "core") or LAB_CORES
        for path, home in places:
            if cores and home not in cores:
                found = f"{home} is no core node of the environment {name}"
                expected = f"one of {', '.join(cores)}"
                yield "", NO_HOME.at(path, found, expected=expected, nearest=nearest(home, cores))


def check_chat(provider: Provider | None, _: Mapping[str, Claims]) -> Iterator[tuple[str, Finding]]:
    if provider is None or provider.chat is None:
        return
    node = provider.chat.node
    for name, environment in provider.environments.items():
        edges = _names(environment, "edge") or LAB_EDGES
        if edges and node not in edges:
            found = f"{node} is no edge of the environment {name}"
            expected = f"one of {', '.join(edges)}"
            yield "", NO_CHAT_NODE.at(("chat", "node"), found, expected=expected, nearest=nearest(node, edges))


def _names(environment: Environment, role: str) -> list[str]:
    return [] if isinstance(environment, Lab) else [name for name, _ in environment.of_role(role)]


def _hosts(provider: Provider | None) -> Iterator[tuple[str, Hosts]]:
    for name, environment in provider.environments.items() if provider else ():
        if isinstance(environment, Hosts):
            yield name, environment
