"""The objects that carry a bundle into a cluster: immutable parts, one grant to read them, and the line in the index.

Files that hold secrets go into Secrets, all others into ConfigMaps, where people can read them. Sounds are objects of
their own, named by their content and shared by all tenants: without that the clock's hundred words would be there a
thousand times.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from provisioner.core.parts import Part, pack

LAYOUT = "pbx/layout"
TENANT = "pbx/tenant"
GOES_TO = "pbx/for"
SOUNDS = "sounds"
"""The folder of a bundle's sounds, and what stands in `pbx/for` of their objects."""

_PART_OF = {"app.kubernetes.io/part-of": "pbx", "app.kubernetes.io/component": "bundles"}


@dataclass(frozen=True)
class Object:
    """An immutable part: `resource` is `configmaps` or `secrets`."""

    resource: str
    name: str
    part: Part
    labels: Mapping[str, str]

    @property
    def manifest(self) -> dict[str, Any]:
        content = _public(self.part) if self.resource == "configmaps" else _secret(self.part)
        metadata = {
            "name": self.name,
            "labels": {**_PART_OF, **self.labels},
            "annotations": {LAYOUT: json.dumps(self.part.layout)},
        }
        kind = "ConfigMap" if self.resource == "configmaps" else "Secret"
        return {"apiVersion": "v1", "kind": kind, "metadata": metadata, "immutable": True, **content}


@dataclass(frozen=True)
class Delivered:
    """A tenant's bundle as objects, and what the index says of it."""

    slug: str
    digest: str
    objects: tuple[Object, ...]

    def entry(self, again: str = "") -> str:
        """One line; another `again` makes the reader take the same files in once more."""
        facts = {"digest": self.digest, "parts": [[each.resource, each.name] for each in self.objects]}
        return json.dumps({**facts, **({"again": again} if again else {})}, sort_keys=True)

    @property
    def secrets(self) -> list[str]:
        return [each.name for each in self.objects if each.resource == "secrets"]


def deliver(
    slug: str, goes_to: str, digest: str, files: Mapping[str, bytes], secrets: Mapping[str, bytes], key: str
) -> Delivered:
    """The objects of a bundle. `key` names the values of the secrets without telling of them."""
    labels = {TENANT: slug, GOES_TO: goes_to}
    public = {path: each for path, each in files.items() if not path.startswith(f"{SOUNDS}/")}
    objects = [
        Object("configmaps", f"bundle-{slug}-{goes_to}-{part.digest[:12]}", part, labels) for part in pack(public, slug)
    ]
    named = hashlib.sha256(f"{digest} {key}".encode()).hexdigest()[:12]
    objects += [
        Object("secrets", f"bundle-{slug}-{goes_to}-{named}-{index}", part, labels)
        for index, part in enumerate(pack(secrets, slug))
    ]
    for path in sorted(files.keys() - public.keys()):
        objects += [
            Object("configmaps", f"sound-{part.digest[:20]}", part, {GOES_TO: SOUNDS})
            for part in pack({path: files[path]}, slug)
        ]
    return Delivered(slug, identity(digest, key), tuple(objects))


def identity(digest: str, key: str) -> str:
    """Names a bundle with the values of its secrets, as a node tells it back."""
    return hashlib.sha256(f"{digest} {key}".encode()).hexdigest() if key else digest


def grant(
    slug: str, goes_to: str, account: str, namespace: str, secrets: list[str]
) -> list[tuple[str, dict[str, Any]]]:
    """Who takes the bundle in may read its secrets, and nobody else's: the objects by their resource."""
    metadata = {"name": f"bundle-{slug}-{goes_to}", "labels": {**_PART_OF, TENANT: slug, GOES_TO: goes_to}}
    group = "rbac.authorization.k8s.io"
    rule = {"apiGroups": [""], "resources": ["secrets"], "verbs": ["get"], "resourceNames": secrets}
    common = {"apiVersion": f"{group}/v1", "metadata": metadata}
    subject = {"kind": "ServiceAccount", "name": account, "namespace": namespace}
    reference = {"apiGroup": group, "kind": "Role", "name": metadata["name"]}
    return [
        ("roles", {**common, "kind": "Role", "rules": [rule]}),
        ("rolebindings", {**common, "kind": "RoleBinding", "roleRef": reference, "subjects": [subject]}),
    ]


def _public(part: Part) -> dict[str, Any]:
    texts: dict[str, str] = {}
    others: dict[str, str] = {}
    for each in part.pieces:
        try:
            texts[each.key] = each.content.decode("utf-8")
        except UnicodeDecodeError:  # audio, or a piece that ends within a letter
            others[each.key] = base64.b64encode(each.content).decode()
    return {"data": texts, "binaryData": others}


def _secret(part: Part) -> dict[str, Any]:
    return {"data": {each.key: base64.b64encode(each.content).decode() for each in part.pieces}}
