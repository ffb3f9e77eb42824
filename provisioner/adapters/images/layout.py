"""One image as an OCI archive: layer, configuration, manifest and index, each named by its digest, in one tar file.

Source: OCI image specification 1.1, image-layout.md, manifest.md and config.md. Written here, because an image of one
layer is four JSON documents; umoci and buildah want the same values and give other digests with each release of theirs.
"""

from __future__ import annotations

import hashlib
import io
import json
import platform
import tarfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from .recipe import OWNER, Recipe

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
INDEX = "application/vnd.oci.image.index.v1+json"
CONFIG = "application/vnd.oci.image.config.v1+json"
LAYER = "application/vnd.oci.image.layer.v1.tar+gzip"
ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}


def write(recipe: Recipe, version: str, layer: Path, compressed: Path, target: Path) -> str:
    """Write the archive and return the manifest's digest, by which pods name the image."""
    blobs: dict[str, bytes] = {}
    packed, plain = _digest_of(compressed), _digest_of(layer)
    config = _blob(blobs, _config(recipe, version, plain))
    described = {"mediaType": LAYER, "digest": f"sha256:{packed}", "size": compressed.stat().st_size}
    manifest = _blob(
        blobs,
        {
            "schemaVersion": 2,
            "mediaType": MANIFEST,
            "config": {"mediaType": CONFIG, **config},
            "layers": [described],
            "annotations": _labels(recipe, version),
        },
    )
    name = f"docker.io/pbx/{recipe.name}"  # what engines make of pbx/NAME
    index = {
        "schemaVersion": 2,
        "mediaType": INDEX,
        "manifests": [
            {
                "mediaType": MANIFEST,
                **manifest,
                "platform": {"architecture": _architecture(), "os": "linux"},
                # The first is the specification's, the second what containerd takes as the image's name.
                "annotations": {
                    "org.opencontainers.image.ref.name": recipe.digest,
                    "io.containerd.image.name": f"{name}:{recipe.digest}",
                },
            }
        ],
    }
    with tarfile.open(target, "w", format=tarfile.GNU_FORMAT) as tar:
        _add(tar, "oci-layout", _text({"imageLayoutVersion": "1.0.0"}))
        _add(tar, "index.json", _text(index))
        for digest, text in sorted(blobs.items()):
            _add(tar, f"blobs/sha256/{digest}", text)
        with compressed.open("rb") as file:
            info = tarfile.TarInfo(f"blobs/sha256/{packed}")
            info.size, info.mode = compressed.stat().st_size, 0o644
            tar.addfile(info, file)
    return str(manifest["digest"])


def _config(recipe: Recipe, version: str, plain: str) -> dict[str, Any]:
    created = datetime.fromtimestamp(recipe.epoch, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {
        "created": created,
        "architecture": _architecture(),
        "os": "linux",
        "config": {
            "User": f"{OWNER}:{OWNER}",
            "Cmd": list(recipe.command),
            "Env": ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin", "LANG=C.UTF-8"],
            "ExposedPorts": {port: {} for port in sorted(recipe.ports) if "-" not in port},
            "Labels": _labels(recipe, version),
        },
        "rootfs": {"type": "layers", "diff_ids": [f"sha256:{plain}"]},
        "history": [{"created": created, "created_by": f"images/{recipe.name}.toml"}],
    }


def _labels(recipe: Recipe, version: str) -> dict[str, str]:
    return {
        "org.opencontainers.image.title": f"pbx/{recipe.name}",
        "org.opencontainers.image.description": recipe.about,
        "org.opencontainers.image.version": version,
    }


def _architecture() -> str:
    machine = platform.machine()
    return ARCHITECTURES.get(machine, machine)


def _digest_of(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _text(document: dict[str, Any]) -> bytes:
    return json.dumps(document, sort_keys=True, separators=(",", ":")).encode()


def _blob(blobs: dict[str, bytes], document: dict[str, Any]) -> dict[str, Any]:
    text = _text(document)
    digest = hashlib.sha256(text).hexdigest()
    blobs[digest] = text
    return {"digest": f"sha256:{digest}", "size": len(text)}


def _add(tar: tarfile.TarFile, name: str, text: bytes) -> None:
    info = tarfile.TarInfo(name)
    info.size, info.mode = len(text), 0o644
    tar.addfile(info, io.BytesIO(text))
