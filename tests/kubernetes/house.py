"""An environment in a cluster, as components and delivery see it."""

from __future__ import annotations

from collections.abc import Mapping

from provisioner.core.deployment import Resource, Stack
from provisioner.core.site import Site
from provisioner.environments import Kubernetes
from provisioner.pipeline import platform
from provisioner.provider import Provider
from provisioner.wiring import sites
from stacks.kubernetes.facts import Surroundings

DIGEST = "sha256:" + "ab" * 32
ENVIRONMENT = {
    "target": "kubernetes",
    "context": "cloud",
    "namespace": "telephony",
    "registry": "registry.example.com",
    "images": dict.fromkeys(("asterisk", "kamailio", "rtpengine", "web", "postgresql"), DIGEST),
    "edges": {"edge": {"address": "10.0.0.5", "public_address": "198.51.100.5"}},
    "cores": {"core": {}, "core-2": {"memory": "2Gi", "disk": "50Gi"}},
    "drain": "15m",
}


def described(**more: object) -> Kubernetes:
    return Kubernetes.model_validate({**ENVIRONMENT, **more})


def site(**more: object) -> Site:
    return sites.of_cluster("cloud", described(**more))


def stack(**more: object) -> Stack:
    """The platform's stack of that environment."""
    provider = Provider.model_validate({"version": "1"})
    wanted, _ = platform.stack(provider, site(**more), lambda _: "programs", lambda handles: f"keyed-{len(handles)}")
    return wanted


def files(resource: Resource) -> Mapping[str, str]:
    """What a node's bundle holds, as far as the components look at it."""
    folders = {"asterisk": "asterisk", "kamailio": "kamailio", "rtpengine": "rtpengine", "web": "nginx"}
    products = [folders[each] for each in resource.inputs["roles"] if each in folders]  # type: ignore[union-attr]
    return {f"{each}/{each}.conf": f"password of {each}" for each in products or ["postgres"]}


AROUND = Surroundings(files, {"main.py": "print('programs')", "libexec/astdb.py": "print('astdb')"})
