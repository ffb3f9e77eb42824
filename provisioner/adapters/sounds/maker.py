"""The `SoundMaker` port: texts spoken by a synthesiser, uploads decoded, all brought to one form and loudness.

A sound is made once and kept in a cache by its recipe's digest and the version of this maker; files appear by rename,
so a killed run leaves nothing half made. Where a folder is given, the sounds lie there too, `<digest>.wav`.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from provisioner.core.artifacts import Makeable, Recording, Speech, recipe_digest
from provisioner.core.ports.sounds import Made, SoundFailed

from ..audio.wav import write
from .decoding import NotDecoded, decoded
from .level import levelled
from .speaking import spoken

VERSION = "2"
"""Changes when equal recipes shall sound different from now on."""

FORMATS = "WAV, MP3, OGG, FLAC or M4A"


def default_cache() -> Path:
    """Where sounds are kept for all folders of this user; safe to delete."""
    home = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(home) / "pbx" / "sounds" / VERSION


def telephone_form(content: bytes, what: str) -> bytes:
    """An audio file as callers hear it; `what` names it where it is none."""
    try:
        sound = levelled(decoded(content))
    except NotDecoded as error:
        raise SoundFailed(f"{what} cannot be played: {error}", f"save the recording again as {FORMATS}") from error
    if sound is None:
        raise SoundFailed(f"{what} is silent", "upload a recording that can be heard, or change the text")
    return write(sound)


class LocalSoundMaker:
    """Makes sounds for one provider's folder; `into` is where the deployment looks for them, if not in the cache."""

    def __init__(self, folder: Path, into: Path | None = None, cache: Path | None = None) -> None:
        self._folder = folder
        self._cache = cache or default_cache()
        self._into = into

    def make(self, recipes: Iterable[Makeable], progress: Made | None = None) -> Mapping[str, str]:
        wanted = {recipe_digest(each): each for each in recipes}
        made: dict[str, str] = {}
        with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
            for digest, path in zip(wanted, pool.map(self._ensure, wanted, wanted.values()), strict=True):
                made[digest] = str(path)
                if progress:
                    progress(len(made), len(wanted))
        return made

    def _ensure(self, digest: str, recipe: Makeable) -> Path:
        target = self._into / f"{digest}.wav" if self._into else None
        if target and target.is_file():
            return target
        cached = self._cache / digest[:2] / f"{digest}.wav"
        if not cached.is_file():
            _put(cached, telephone_form(self._raw(recipe), _words(recipe)))
        if target is None:
            return cached
        fresh = target.with_name(f".new-{os.getpid()}-{target.name}")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(cached, fresh)
        return fresh.replace(target)

    def _raw(self, recipe: Makeable) -> bytes:
        return spoken(recipe, self._folder, _words(recipe)) if isinstance(recipe, Speech) else self._uploaded(recipe)

    def _uploaded(self, recipe: Recording) -> bytes:
        try:
            content = (self._folder / recipe.file).read_bytes()
        except OSError as error:
            raise SoundFailed(f"{recipe.file}: {error.strerror}", "put the file back, or name another") from error
        found = hashlib.sha256(content).hexdigest()
        if found != recipe.sha256:
            raise SoundFailed(
                f"{recipe.file} has changed since it was compiled: {found[:12]} instead of {recipe.sha256[:12]}",
                "compile and plan again",
            )
        return content


def _put(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".new-{os.getpid()}-{path.name}")
    try:
        fresh.write_bytes(content)
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)


def _words(recipe: Makeable) -> str:
    if isinstance(recipe, Recording):
        return recipe.file
    return f"the text “{recipe.text[:40]}{'…' if len(recipe.text) > 40 else ''}” ({recipe.language})"
