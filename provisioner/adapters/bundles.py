"""The store of bundles: `<folder>/.pbx/bundles/<digest>/`, each written once and never changed.

A bundle is named by its content, so state and plans name it on every machine alike. What is there was put there whole,
by a rename. Sounds lie beside, named by the digest of their recipe; making them is not done here.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from provisioner.core.artifacts import Bundle, Recipe, Recording, Speech, recipe_digest
from provisioner.core.errors import PbxError
from provisioner.core.secrets import handles

FORMAT_VERSION = 1

_RECIPES: dict[str, Callable[..., Recipe]] = {"Speech": Speech, "Recording": Recording}


class BundleStore:
    """Bundles of one provider's folder."""

    def __init__(self, folder: Path) -> None:
        self._bundles = folder / "bundles"
        self._sounds = folder / "sounds"

    def put(self, bundle: Bundle) -> Path:
        """Writes the bundle and its sounds' recipes where they are not there yet; returns the bundle's folder."""
        self._note(bundle.sounds)
        home = self._bundles / bundle.digest
        if home.is_dir():
            return home
        self._bundles.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(prefix=".new-", dir=self._bundles))
        try:
            for file in bundle.files:
                target = fresh / "files" / file.path
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(file.text, encoding="utf-8", newline="\n")
            (fresh / "manifest.json").write_text(json.dumps(_manifest(bundle), indent=1), encoding="utf-8")
            fresh.chmod(0o755)
            try:
                fresh.rename(home)
            except OSError:
                if not home.is_dir():  # else somebody else was faster, with the same bytes
                    raise
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
        return home

    def _note(self, recipes: Iterable[Recipe]) -> None:
        """Keeps how each sound is made; an upload's file may have moved since the last time."""
        self._sounds.mkdir(parents=True, exist_ok=True)
        for each in recipes:
            text = json.dumps({"kind": type(each).__name__, **asdict(each)}, ensure_ascii=False)
            file = self._sounds / f"{recipe_digest(each)}.json"
            if not file.is_file() or file.read_text(encoding="utf-8") != text:
                fresh = file.with_suffix(f".new-{os.getpid()}")
                fresh.write_text(text, encoding="utf-8")
                fresh.replace(file)

    def recipe(self, digest: str) -> Recipe:
        """How a sound is made."""
        facts = json.loads((self._sounds / f"{digest}.json").read_text(encoding="utf-8"))
        return _RECIPES[facts.pop("kind")](**facts)

    def folder(self, digest: str) -> Path:
        """Where a bundle lies; raises where it is not there."""
        home = self._bundles / digest
        if not (home / "manifest.json").is_file():
            raise PbxError(
                f"the bundle {digest[:12]} is not in {self._bundles}",
                "compile again from the revision that made it: `pbx apply` writes the bundles that it needs",
            )
        return home

    def manifest(self, digest: str) -> dict[str, Any]:
        """`tenant`, `product`, `files` and `sounds` of a bundle."""
        content: dict[str, Any] = json.loads((self.folder(digest) / "manifest.json").read_text(encoding="utf-8"))
        return content

    def text(self, digest: str, path: str) -> str:
        """One file of a bundle."""
        return (self.folder(digest) / "files" / path).read_text(encoding="utf-8")

    def sound(self, recipe: str) -> Path:
        """Where the sound of a recipe lies or shall lie."""
        return self._sounds / f"{recipe}.wav"

    def sounds(self, digest: str) -> list[Path]:
        """The sounds of a bundle; raises where one has not been made."""
        paths = [self.sound(each) for each in self.manifest(digest)["sounds"]]
        missing = [each.stem for each in paths if not os.access(each, os.R_OK)]
        if missing:
            raise PbxError(
                f"{len(missing)} sounds of the bundle {digest[:12]} have not been made, first {missing[0][:12]}",
                "run `pbx apply` again: it makes the sounds that it needs before it goes to any host",
            )
        return paths


def _manifest(bundle: Bundle) -> dict[str, Any]:
    return {
        "format_version": FORMAT_VERSION,
        "tenant": bundle.tenant,
        "product": bundle.product,
        "files": sorted(each.path for each in bundle.files),
        "sounds": sorted(recipe_digest(each) for each in bundle.sounds),
        "secrets": sorted({handle for file in bundle.files for handle in handles(file.text)}),
    }
