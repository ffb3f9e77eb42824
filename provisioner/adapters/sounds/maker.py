"""The `SoundMaker` port on espeak-ng and sox.

A sound is made once and kept in a cache by its recipe's digest and the version of this maker; files appear by rename,
so a killed run leaves nothing half made. Where a folder is given, the sounds lie there too, `<digest>.wav`. Texts go
in by standard input: nothing that a tenant wrote is ever part of a command.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from provisioner.core.artifacts import Recipe, Recording, Speech, recipe_digest
from provisioner.core.ports.sounds import Made, SoundFailed

VERSION = "1"
"""Changes when equal recipes shall sound different from now on."""

RATE = 8000
LOUDNESS = -20.0
"""RMS in dBFS that every sound is brought to; speech then peaks near -3 dBFS, as telephone networks expect."""

WORDS_A_MINUTE = 155
SECONDS = 60
"""For one sound; a text of 2,000 characters takes two."""

_SHAPE = ("-r", str(RATE), "-c", "1", "-b", "16", "-e", "signed-integer", "-t", "wav")


def default_cache() -> Path:
    """Where sounds are kept for all folders of this user; safe to delete."""
    home = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(home) / "pbx" / "sounds" / VERSION


class LocalSoundMaker:
    """Makes sounds for one provider's folder; `into` is where the deployment looks for them, if not in the cache."""

    def __init__(self, folder: Path, into: Path | None = None, cache: Path | None = None) -> None:
        self._folder = folder
        self._cache = cache or default_cache()
        self._into = into

    def make(self, recipes: Iterable[Recipe], progress: Made | None = None) -> Mapping[str, str]:
        wanted = {recipe_digest(each): each for each in recipes}
        made: dict[str, str] = {}
        with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
            for digest, path in zip(wanted, pool.map(self._ensure, wanted, wanted.values()), strict=True):
                made[digest] = str(path)
                if progress:
                    progress(len(made), len(wanted))
        return made

    def _ensure(self, digest: str, recipe: Recipe) -> Path:
        target = self._into / f"{digest}.wav" if self._into else None
        if target and target.is_file():
            return target
        cached = self._cache / digest[:2] / f"{digest}.wav"
        if not cached.is_file():
            cached.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(prefix=".new-", dir=cached.parent) as home:
                _level(self._raw(recipe, Path(home)), Path(home) / "ready.wav", recipe).replace(cached)
        if target is None:
            return cached
        target.parent.mkdir(parents=True, exist_ok=True)
        fresh = target.with_name(f".new-{os.getpid()}-{target.name}")
        shutil.copyfile(cached, fresh)
        return fresh.replace(target)

    def _raw(self, recipe: Recipe, home: Path) -> Path:
        return _spoken(recipe, home) if isinstance(recipe, Speech) else self._uploaded(recipe)

    def _uploaded(self, recipe: Recording) -> Path:
        path = self._folder / recipe.file
        try:
            found = hashlib.sha256(path.read_bytes()).hexdigest()
        except OSError as error:
            raise SoundFailed(f"{recipe.file}: {error.strerror}", "put the file back, or name another") from error
        if found != recipe.sha256:
            raise SoundFailed(
                f"{recipe.file} has changed since it was compiled: {found[:12]} instead of {recipe.sha256[:12]}",
                "compile and plan again",
            )
        return path


def _spoken(recipe: Speech, home: Path) -> Path:
    voice = recipe.voice or recipe.language.lower()
    target = home / "spoken.wav"
    command = ["espeak-ng", "-v", voice, "-s", str(WORDS_A_MINUTE), "--stdin", "-w", str(target)]
    said = _run(command, recipe, text=recipe.text)
    if said.returncode and "voice does not exist" in said.stderr:
        raise SoundFailed(
            f"espeak-ng has no voice {voice!r} for {_words(recipe)}",
            "`espeak-ng --voices` lists its languages; choose one of them, or upload a recording instead of the text",
        )
    if said.returncode or not target.is_file():
        raise SoundFailed(f"espeak-ng could not speak {_words(recipe)}: {said.stderr.strip()}", "change the text")
    return target


def _level(source: Path, target: Path, recipe: Recipe) -> Path:
    """Converted to the telephone's form, low rumble cut off, and brought to `LOUDNESS`."""
    plain = target.with_name("plain.wav")
    _sox([str(source), *_SHAPE, str(plain), "highpass", "120"], recipe)
    level = _loudness(_sox([str(plain), "-n", "stats"], recipe))
    if level is None:
        raise SoundFailed(f"{_words(recipe)} is silent", "upload a recording that can be heard, or change the text")
    # The limiter takes what would clip, so a few loud syllables do not keep the whole sound down; it is for gains only.
    limiter = ["-l"] if level < LOUDNESS else []
    gain = ["gain", *limiter, f"{LOUDNESS - level:.2f}", "pad", "0.1", "0.1"]
    _sox([str(plain), *_SHAPE, str(target), *gain], recipe)
    return target


def _loudness(stats: str) -> float | None:
    """RMS in dBFS as sox says it; none for silence."""
    for line in stats.splitlines():
        if line.startswith("RMS lev dB"):
            word = line.split()[3]
            return None if "inf" in word or float(word) < -70 else float(word)
    return None


def _sox(arguments: list[str], recipe: Recipe) -> str:
    done = _run(["sox", "-R", *arguments], recipe)
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        raise SoundFailed(f"sox could not convert {_words(recipe)}: {last}", "upload WAV, FLAC, OGG or MP3")
    return done.stderr


def _run(command: list[str], recipe: Recipe, text: str = "") -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(command, input=text, capture_output=True, text=True, timeout=SECONDS, check=False)
    except FileNotFoundError as error:
        raise SoundFailed(
            f"{command[0]} is not installed, and {_words(recipe)} needs it", "`apt install espeak-ng sox`"
        ) from error
    except subprocess.TimeoutExpired as error:
        raise SoundFailed(f"{command[0]} took more than {SECONDS} s for {_words(recipe)}", "shorten it") from error


def _words(recipe: Recipe) -> str:
    if isinstance(recipe, Recording):
        return recipe.file
    return f"the text “{recipe.text[:40]}{'…' if len(recipe.text) > 40 else ''}” ({recipe.language})"
