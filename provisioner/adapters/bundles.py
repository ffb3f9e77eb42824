"""The store of bundles: `<folder>/.pbx/bundles/<digest>/`, each written once and never changed.

A bundle is named by its content, so state and plans name it on every machine alike. What is there was put there whole,
by a rename; what is compiled together comes in together, or not at all (`staged`). Sounds lie beside, named by the
digest of their recipe; making them is not done here. What no run has asked for within `KEPT` is taken away, and comes
back with the next run that compiles it.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from provisioner.core.artifacts import Bundle, Makeable, Recording, Speech, recipe_digest
from provisioner.core.errors import PbxError
from provisioner.core.secrets import handles

FORMAT_VERSION = 1

KEPT = 7 * 24 * 3600.0
"""Seconds: long enough for a plan to be read, approved and carried out, and for `pulumi` by hand."""
RENEWED = 24 * 3600.0
"""Seconds after which what is asked for again counts as new."""
HALF_DONE = 3600.0
"""Seconds after which what was being written was left by a run that was killed."""

_RECIPES: dict[str, Callable[..., Makeable]] = {"Speech": Speech, "Recording": Recording}


class BundleStore:
    """Bundles of one provider's folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._bundles = folder / "bundles"
        self._sounds = folder / "sounds"

    @contextmanager
    def staged(self) -> Iterator[tuple[Callable[[Bundle], object], Callable[[], None]]]:
        """Two functions: `put`, for many processes at once, and `keep`, which brings in what was put.

        Without `keep` nothing is left: a folder with mistakes writes nothing.
        """
        was_there = self._folder.is_dir()
        self._folder.mkdir(parents=True, exist_ok=True)
        fresh = BundleStore(Path(tempfile.mkdtemp(prefix=".new-", dir=self._folder)))
        try:
            yield (
                lambda bundle: self.put(bundle) if self.has(bundle) else fresh.put(bundle),
                lambda: self._take_in(fresh),
            )
        finally:
            shutil.rmtree(fresh._folder, ignore_errors=True)
            if not was_there:
                with contextlib.suppress(OSError):  # something else stands there by now
                    self._folder.rmdir()

    def has(self, bundle: Bundle) -> bool:
        return (self._bundles / bundle.digest).is_dir()

    def _take_in(self, other: BundleStore) -> None:
        for mine, theirs in ((self._sounds, other._sounds), (self._bundles, other._bundles)):
            mine.mkdir(parents=True, exist_ok=True)
            for each in sorted(theirs.glob("*")):
                target = mine / each.name
                if not (target.is_dir() and each.is_dir()):  # else somebody else was faster, with the same bytes
                    each.replace(target)

    def put(self, bundle: Bundle) -> Path:
        """Writes the bundle and its sounds' recipes where they are not there yet; returns the bundle's folder."""
        try:
            return self._put(bundle)
        except OSError as error:
            # A disk that is full says so at a write, which names no file.
            raise OSError(error.errno, error.strerror, str(error.filename or self._bundles)) from error

    def _put(self, bundle: Bundle) -> Path:
        self._note(bundle.sounds)
        home = self._bundles / bundle.digest
        if home.is_dir():
            os.utime(home)
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

    def _note(self, recipes: Iterable[Makeable]) -> None:
        """Keeps how each sound is made; an upload's file may have moved since the last time."""
        self._sounds.mkdir(parents=True, exist_ok=True)
        for each in recipes:
            text = json.dumps({"kind": type(each).__name__, **asdict(each)}, ensure_ascii=False)
            file = self._sounds / f"{recipe_digest(each)}.json"
            if not file.is_file() or file.read_text(encoding="utf-8") != text:
                fresh = file.with_suffix(f".new-{os.getpid()}")
                try:
                    fresh.write_text(text, encoding="utf-8")
                    fresh.replace(file)
                finally:
                    fresh.unlink(missing_ok=True)
            else:
                os.utime(file)

    def kept(self, digests: Iterable[str]) -> frozenset[str]:
        """Those bundles that are there with all recipes of their sounds; they stay as if they had been put now."""
        try:
            recipes = frozenset(each.name for each in self._sounds.iterdir())
        except OSError:
            return frozenset()
        return frozenset(each for each in digests if self._is_whole(each, recipes))

    def _is_whole(self, digest: str, recipes: frozenset[str]) -> bool:
        home = self._bundles / digest
        try:
            own = [f"{each}.json" for each in self.manifest(digest)["sounds"]]
            if time.time() - home.stat().st_mtime > RENEWED:
                for each in (home, *(self._sounds / name for name in own)):
                    os.utime(each)
        except (OSError, ValueError, PbxError):
            return False
        return recipes.issuperset(own)

    def tidy(self) -> None:
        """Takes away what no run has asked for in a while, and what killed runs left half written."""
        now = time.time()
        half_done = (*self._folder.glob(".new-*"), *self._sounds.glob("*.new-*"))
        for each in (*self._bundles.glob("*"), *self._sounds.glob("*.json"), *half_done):
            with contextlib.suppress(FileNotFoundError):  # another run tidies too
                age = now - each.stat().st_mtime
                if age > (HALF_DONE if ".new-" in each.name else KEPT):
                    _remove(each)

    def recipe(self, digest: str) -> Makeable:
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

    @property
    def sounds_folder(self) -> Path:
        """Where sounds lie, `<digest of the recipe>.wav`."""
        return self._sounds

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


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
        return
    if path.suffix == ".json":
        path.with_suffix(".wav").unlink(missing_ok=True)
    path.unlink()


def _manifest(bundle: Bundle) -> dict[str, Any]:
    return {
        "format_version": FORMAT_VERSION,
        "tenant": bundle.tenant,
        "product": bundle.product,
        "files": sorted(each.path for each in bundle.files),
        "sounds": sorted(recipe_digest(each) for each in bundle.sounds),
        "secrets": sorted({handle for file in bundle.files for handle in handles(file.text)}),
    }
