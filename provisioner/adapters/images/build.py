"""Builds images and keeps them: in a cache outside the checkout, one folder a recipe, whole or absent.

What a folder holds stays as it is while the recipe does, so a demo or a test finds yesterday's image again. `fresh`
builds anew from the packages that Debian has today; the digest then says whether anything is different.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from provisioner.adapters.lab.locks import hold
from provisioner.core.errors import PbxError

from . import layer, layout, rootfs, sbom
from .recipe import Recipe

ARCHIVE, SBOM, NOTE = "image.oci.tar", "sbom.cdx.json", "image.json"
BUILD_SECONDS = 1800

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Image:
    """A built image. `size` in bytes, compressed; `digest` is the manifest's: what a pod names."""

    name: str
    version: str
    """Debian's version of the daemon's package."""
    digest: str
    size: int
    packages: int
    folder: Path

    @property
    def archive(self) -> Path:
        return self.folder / ARCHIVE

    @property
    def sbom(self) -> Path:
        return self.folder / SBOM


def store() -> Path:
    """Where images are kept: a cache, safe to delete."""
    cache = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(cache) / "pbx" / "oci"


def ensure(recipe: Recipe, say: Say, *, fresh: bool = False, place: Path | None = None) -> Image:
    """The image of this recipe, built where it is absent, or where `fresh` is asked for."""
    if os.geteuid() != 0:
        raise PbxError(
            f"building images needs root, for the owners of their files; this is user {os.geteuid()}",
            "run the same command with sudo",
        )
    home = (place or store()) / f"{recipe.name}-{recipe.digest}"
    if not fresh and (home / NOTE).is_file():
        return _noted(home)
    lock = home.with_name(f"{home.name}.lock")
    with hold(lock, wait=BUILD_SECONDS, waiting=lambda owner: say(f"{owner} is building it, waiting")):
        if fresh or not (home / NOTE).is_file():
            _build(recipe, home, say)
    return _noted(home)


def _noted(home: Path) -> Image:
    return Image(folder=home, **json.loads((home / NOTE).read_text(encoding="utf-8")))


def _build(recipe: Recipe, home: Path, say: Say) -> None:
    for left in home.parent.glob(f"{home.name}.*.part"):
        shutil.rmtree(left)  # of a build that was cut off; we hold the lock
    part = Path(tempfile.mkdtemp(prefix=f"{home.name}.", suffix=".part", dir=home.parent))
    try:
        say("unpacking")
        root, tar, packed, done = part / "root", part / "layer.tar", part / "layer.tar.gz", part / "done"
        root.mkdir()
        done.mkdir()
        packages = rootfs.unpack(recipe, root, home.parent / f"{recipe.name}.log")
        say(f"packing {len(packages)} packages")
        layer.write(root, tar, epoch=recipe.epoch, owned=recipe.folders)
        layer.compress(tar, packed)
        version = next(each.version for each in packages if each.name == recipe.packages[0])
        digest = layout.write(recipe, version, tar, packed, done / ARCHIVE)
        (done / SBOM).write_text(sbom.render(recipe, digest, version, packages), encoding="utf-8")
        note = Image(recipe.name, version, digest, packed.stat().st_size, len(packages), home)
        _write_note(done / NOTE, note)
        os.sync()
        shutil.rmtree(home, ignore_errors=True)
        done.rename(home)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _write_note(file: Path, image: Image) -> None:
    known = {key: value for key, value in asdict(image).items() if key != "folder"}
    file.write_text(json.dumps(known, indent=2) + "\n", encoding="utf-8")
