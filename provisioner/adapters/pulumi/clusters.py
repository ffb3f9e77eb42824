"""What is handed over where the platform is in a cluster: bundles as bytes, and what the program of a stack needs.

Values of secrets are put in here, in memory: they go into Secrets of the cluster and, sealed, into the engine's state
of the platform. Tenants' never come near that state.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from provisioner.adapters.cluster import pods
from provisioner.adapters.cluster.delivery import Content
from provisioner.adapters.cluster.objects import SOUNDS, identity
from provisioner.core.deployment import Kind, Resource, Stack
from provisioner.core.errors import PbxError
from provisioner.core.secrets import handles

from .carry import Means, resolved

if TYPE_CHECKING:
    from stacks.kubernetes.facts import Surroundings


NO_SECRETS = "none"
"""Stands for the name of values where rows hold none, and are kept as if they did."""


def surroundings(stack: Stack, means: Callable[[], Means]) -> Surroundings | None:
    """What a cluster's platform is made from beside its resources; nothing for every other stack."""
    from stacks.kubernetes.facts import Surroundings, is_clustered

    if not is_clustered(stack.resources):
        return None
    known = means()
    return Surroundings(lambda resource: _filled(resource, known), pods.programs())


def _filled(resource: Resource, means: Means) -> Mapping[str, str]:
    """A node's files. Secrets that the first apply will make are still tokens when it is planned."""
    digest = str(resource.inputs["bundle"])
    files = {path: means.bundles.text(digest, path) for path in means.bundles.manifest(digest)["files"]}
    for path, text in files.items():
        if handles(text):
            try:
                files[path] = resolved(digest, means)[path]
            except PbxError:
                if not _previewing():
                    raise
    return files


def _previewing() -> bool:
    from pulumi.runtime import is_dry_run

    return is_dry_run()


def content_of(means: Means) -> Callable[[Kind, Mapping[str, Any]], Content]:
    """Reads the bundles of a tenant's resources."""

    def content(kind: Kind, inputs: Mapping[str, Any]) -> Content:
        read = _core if kind is Kind.CORE_BUNDLE else _rows
        return read(inputs, means)

    return content


def _core(inputs: Mapping[str, Any], means: Means) -> Content:
    digest = inputs["digest"]
    secrets = resolved(digest, means)
    files = {
        path: means.bundles.text(digest, path).encode()
        for path in means.bundles.manifest(digest)["files"]
        if path not in secrets
    }
    files |= {f"{SOUNDS}/{each.name}": each.read_bytes() for each in means.bundles.sounds(digest)}
    return Content(digest, files, _bytes(secrets), inputs.get("secrets", ""))


def _rows(inputs: Mapping[str, Any], means: Means) -> Content:
    """Rows are somebody's way in, by the digests of passwords: all of them are secret."""
    digest = inputs["digest"]
    filled = resolved(digest, means)
    texts = {
        path: filled.get(path) or means.bundles.text(digest, path) for path in means.bundles.manifest(digest)["files"]
    }
    return Content(digest, {}, _bytes(texts), inputs.get("secrets", "") or NO_SECRETS)


def _bytes(texts: Mapping[str, str]) -> dict[str, bytes]:
    return {path: text.encode() for path, text in texts.items()}


def identity_of(digest: str, rows: bool, means: Means) -> str:
    """The name by which a node tells that it runs a bundle, with the values of its secrets as they are now."""
    key = means.secrets.digest(means.bundles.manifest(digest)["secrets"])
    return identity(digest, key or (NO_SECRETS if rows else ""))
