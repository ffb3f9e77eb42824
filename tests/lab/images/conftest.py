"""Images as they are built, unpacked again from their archives."""

from __future__ import annotations

import json
import os
import subprocess
import tarfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from provisioner.adapters import images


@dataclass(frozen=True)
class Built:
    """An image, its configuration, its one layer as a tar file, and that unpacked."""

    image: images.Image
    recipe: images.Recipe
    config: dict[str, Any]
    layer: Path
    root: Path

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """The command as the image's own user, alone with the image's files: no network but its own loopback."""
        return self._alone('chroot --userspec="$user" "$root" "$@"', *command)

    def serves(self, asked: str, *daemon: str) -> subprocess.CompletedProcess[str]:
        """Start the daemon and ask it by a shell's `asked` until that ends well, a minute at most; `inside COMMAND`
        runs in the image."""
        waiting = f"""
            inside() {{ chroot --userspec="$user" "$root" "$@"; }}
            inside "$@" >"$root.log" 2>&1 &
            for _ in $(seq 120); do
                if {asked}; then exit 0; fi
                sleep 0.5
            done
            tail -n 20 "$root.log" >&2
            exit 1"""
        return self._alone(waiting, *daemon)

    def _alone(self, script: str, *command: str) -> subprocess.CompletedProcess[str]:
        folders = " ".join(each for each in self.recipe.folders if each.startswith("/run/"))
        prepared = f"""root=$1 user=$2; shift 2; cd /; ip link set lo up
            mount -t proc proc "$root/proc"; mount --rbind /dev "$root/dev"
            mount -t tmpfs -o mode=1777 tmpfs "$root/run"
            for each in {folders}; do mkdir -p "$root$each"; chown "$user" "$root$each"; done
            """
        apart = ["unshare", "--mount", "--net", "--pid", "--ipc", "--fork", "--kill-child", "--propagation", "private"]
        argv = [*apart, "bash", "-euc", prepared + script, "bash", str(self.root), "10001:10001", *command]
        home = {**os.environ, "HOME": "/tmp"}  # the user's in /etc/passwd, which engines set
        return subprocess.run(argv, capture_output=True, text=True, timeout=180, check=False, env=home)


def unpacked(name: str, folder: Path) -> Built:
    """The archive, read as the specification has it: index, manifest, configuration, layer, each by its digest."""
    recipe = images.read(name)
    image = images.ensure(recipe, print)
    with tarfile.open(image.archive) as tar:
        tar.extractall(folder / "layout", filter="data")
    blobs = folder / "layout" / "blobs" / "sha256"
    index = json.loads((folder / "layout" / "index.json").read_text())
    assert index["manifests"][0]["digest"] == image.digest
    manifest = json.loads((blobs / image.digest.removeprefix("sha256:")).read_text())
    config = json.loads((blobs / manifest["config"]["digest"].removeprefix("sha256:")).read_text())
    layer = blobs / manifest["layers"][0]["digest"].removeprefix("sha256:")
    root = folder / "root"
    root.mkdir()
    subprocess.run(
        ["tar", "--extract", "--gzip", "--same-owner", "--numeric-owner", "-f", layer, "-C", root], check=True
    )
    return Built(image, recipe, config, layer, root)


@pytest.fixture(scope="module", params=images.names())
def built(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Built:
    return unpacked(request.param, tmp_path_factory.mktemp(request.param))
