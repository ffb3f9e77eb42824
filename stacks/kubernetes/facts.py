"""What the components are made from: the cluster, the nodes of the platform and their files. Plain data, no Pulumi."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from provisioner.core.deployment import Resource
from provisioner.core.site import Cluster, Storage, Workload

PART_OF = "app.kubernetes.io/part-of"
COMPONENT = "app.kubernetes.io/component"
NODE = "pbx/node"
"""Label of everything that belongs to one node of the platform."""

USER = 10001
"""Who the daemons are in every image, and whose their volumes are."""


@dataclass(frozen=True)
class Surroundings:
    """What comes from outside of a stack: files are never part of its resources."""

    files: Callable[[Resource], Mapping[str, str]]
    """The bundle of a node: path → text, secrets in place."""
    programs: Mapping[str, str]
    """What runs beside the daemons, the same for all pods: path → text."""


@dataclass(frozen=True)
class Node:
    """A node of the platform and its files, each product's in a folder of its own."""

    resource: Resource
    files: Mapping[str, str]

    @property
    def name(self) -> str:
        return str(self.resource.inputs["machine"])

    @property
    def roles(self) -> tuple[str, ...]:
        roles = self.resource.inputs["roles"]
        return tuple(map(str, roles)) if isinstance(roles, list | tuple) else ()

    def of(self, product: str) -> dict[str, str]:
        """The files of one product, by their name."""
        start = f"{product}/"
        return {path.removeprefix(start): text for path, text in self.files.items() if path.startswith(start)}

    @property
    def version(self) -> str:
        """Names the files without telling of them: secrets count by their keyed digest."""
        facts = [self.resource.inputs["bundle"], self.resource.inputs.get("secrets", "")]
        return named(facts)


def named(facts: object) -> str:
    """Twelve hexadecimal digits that name plain data."""
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:12]


def is_clustered(resources: Iterable[Resource]) -> bool:
    """Whether the nodes of a platform are pods."""
    return any("cluster" in settings for each in resources if isinstance(settings := _settings(each), Mapping))


def cluster_of(resources: Iterable[Resource]) -> Cluster:
    """The cluster as the nodes' inputs tell it: all the same."""
    facts: dict[str, Any] = dict(_settings(next(iter(resources)))["cluster"])
    facts["workloads"] = {name: Workload(**each) for name, each in facts["workloads"].items()}
    return Cluster(**{**facts, "storage": Storage(facts["storage"])})


def _settings(resource: Resource) -> Mapping[str, Any]:
    settings = resource.inputs.get("settings")
    return settings if isinstance(settings, Mapping) else {}


def labels(component: str, node: str = "") -> dict[str, str]:
    return {PART_OF: "pbx", COMPONENT: component, **({NODE: node} if node else {})}
