"""The root file system that all lab machines share: built once from image.toml, named by the recipe's digest.

Stays true by being whole or absent: it is made beside its place and renamed when complete, under a lock.
The makers die with this process, so a killed build leaves only a directory that the next build removes.
"""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import subprocess
import tempfile
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from provisioner.core.errors import TimedOut

from .locks import hold
from .shell import LabError

KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
RECIPE = Path(__file__).with_name("image.toml")
BUILD_SECONDS = 1800  # a slow line has 300 MB to fetch

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Recipe:
    suite: str
    variant: str
    apt_options: tuple[str, ...]
    packages: tuple[str, ...]
    tweaks: tuple[str, ...]
    digest: str

    def command(self, target: Path) -> list[str]:
        return [
            "mmdebstrap",
            f"--variant={self.variant}",
            f"--keyring={KEYRING}",  # a host that is not Debian does not trust it by itself
            f"--include={','.join(self.packages)}",
            *(f"--aptopt={option}" for option in self.apt_options),
            *(f"--customize-hook={tweak}" for tweak in self.tweaks),
            self.suite,
            str(target),
        ]


def read_recipe(path: Path = RECIPE) -> Recipe:
    text = path.read_bytes()
    data = tomllib.loads(text.decode())
    return Recipe(
        suite=data["suite"],
        variant=data["variant"],
        apt_options=tuple(data["apt_options"]),
        packages=tuple(data["packages"]),
        tweaks=tuple(data["tweaks"]),
        digest=hashlib.sha256(text + platform.machine().encode()).hexdigest()[:16],
    )


def store() -> Path:
    """Where images are kept: a cache, safe to delete while no lab runs."""
    cache = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(cache) / "pbx" / "images"


def path_of(recipe: Recipe, images: Path | None = None) -> Path:
    return (images or store()) / recipe.digest


def ensure(recipe: Recipe, say: Say, images: Path | None = None) -> Path:
    """The image's path; builds it when absent (about a minute, 300 MB fetched, 800 MB kept)."""
    target = path_of(recipe, images)
    if target.is_dir():
        return target
    lock = target.parent / "build.lock"
    with hold(lock, wait=BUILD_SECONDS, waiting=lambda owner: say(f"{owner} is building an image, waiting")):
        if not target.is_dir():
            _build(recipe, target, say)
    return target


def _build(recipe: Recipe, target: Path, say: Say) -> None:
    for leftover in target.parent.glob("*.part"):
        shutil.rmtree(leftover)
    part = Path(tempfile.mkdtemp(prefix=f"{recipe.digest}.", suffix=".part", dir=target.parent))
    part.chmod(0o755)
    log = target.parent / "build.log"
    say(f"building from Debian {recipe.suite}, {len(recipe.packages)} packages named")
    try:
        make(recipe.command(part), log)
        os.sync()
        part.rename(target)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    say("built")


def make(command: list[str], log: Path) -> None:
    """Run mmdebstrap, its words in `log`; raises LabError with the last of them, or TimedOut."""
    # The process namespace ends with its first process, and that one with us: nothing builds on unwatched.
    alone = ["setpriv", "--pdeathsig", "KILL", "unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]
    with log.open("wb") as output:
        try:
            done = subprocess.run(
                [*alone, *command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                timeout=BUILD_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise TimedOut(f"{log}: the image was not ready within {BUILD_SECONDS} s", "try again") from error
    if done.returncode:
        raise LabError(
            f"{log}: mmdebstrap exit {done.returncode}, expected 0:\n{tail(log)}",
            "see that this machine reaches a Debian mirror (apt's proxy settings count) and has 2 GB free, "
            "then try again",
        )


def tail(log: Path, lines: int = 8) -> str:
    """The end of a log, for error messages."""
    try:
        text = log.read_text(errors="replace")
    except FileNotFoundError:
        return "(no log)"
    return "\n".join(text.splitlines()[-lines:])
