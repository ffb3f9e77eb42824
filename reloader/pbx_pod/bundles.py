"""Bundles as the index names them: the objects of each put together to files again, bytes as they were compiled."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .cluster import Cluster, Missing

LAYOUT = "pbx/layout"


@dataclass(frozen=True)
class Bundle:
    """A tenant's files by their path; `entry` names the line of the index that asked for them."""

    slug: str
    digest: str
    entry: str
    files: Mapping[str, bytes]

    @property
    def content(self) -> str:
        """Names the bytes: what the daemon is later asked whether it runs."""
        total = hashlib.sha256()
        for path, content in sorted(self.files.items()):
            total.update(f"{path}\0{hashlib.sha256(content).hexdigest()}\n".encode())
        return total.hexdigest()


def named(entry: str) -> str:
    """How the status refers to a line of the index."""
    return hashlib.sha256(entry.encode()).hexdigest()[:16]


def fetch(cluster: Cluster, slug: str, entry: str) -> Bundle:
    """The bundle that a line of the index names; raises ValueError where an object is missing or broken."""
    facts = json.loads(entry)
    files: dict[str, bytes] = {}
    for resource, name in facts["parts"]:
        try:
            part = cluster.get(resource, name)
        except Missing:
            raise ValueError(f"the index names {resource}/{name}, which is not there: apply again") from None
        for path, content in pieces(part):
            files[path] = files.get(path, b"") + content
    return Bundle(slug, facts["digest"], named(entry), files)


def pieces(part: Mapping[str, Any]) -> list[tuple[str, bytes]]:
    """Path and bytes of what one object holds, in order."""
    texts, others = part.get("data") or {}, part.get("binaryData") or {}
    secret = part.get("kind") == "Secret"
    found = []
    for path, key in json.loads(part["metadata"]["annotations"][LAYOUT]):
        if key in texts:
            content = base64.b64decode(texts[key]) if secret else texts[key].encode()
        elif key in others:
            content = base64.b64decode(others[key])
        else:
            raise ValueError(f"{part['metadata']['name']} holds no {key}: somebody changed it")
        found.append((path, content))
    return found
