"""The way of somebody new: a clone, `make demo`, a verified call, with nothing in any cache.

Takes minutes, most of them for the lab's image and the engine's build. Needs root. The machine's own packages are in
place already: those that `bin/setup` installs by apt.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Iterator
from pathlib import Path

from .figures import Figure
from .lab import PBX, ROOT, possible
from .processes import environment

LAB = "bench-clone"
STEP = re.compile(r"== ([^:]+)")
"""How bin/demo begins each of its steps."""
CALLED = "first verified call"
"""What bin/demo prints when there was one."""


def fresh_clone() -> Iterator[Figure]:
    """From `git clone` to the first verified call, and what each step of `make demo` takes of it."""
    if reason := possible():
        print(f"skipped: {reason}", file=sys.stderr)
        return
    with tempfile.TemporaryDirectory(prefix="pbx-bench-") as home:
        own = own_caches(Path(home))
        here = Path(home) / "clone"
        started = time.perf_counter()
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(here)], check=True)
        try:
            marks = demo(here, own, started)
        finally:
            subprocess.run([PBX, "lab", "down"], env=own, capture_output=True, check=True)
            subprocess.run(["chmod", "-R", "u+w", home], check=True)  # Go writes its modules so that nobody may
    before = 0.0
    for name, until in marks:
        yield Figure(f"of a fresh clone: {name}", round(until - before, 1), "s", "make demo")
        before = until
    yield Figure(
        "fresh clone to first verified call, nothing in a cache", round(before, 1), "s", "git clone, make demo"
    )


def own_caches(home: Path) -> dict[str, str]:
    """The environment with every cache below `home`: pip's, uv's, the lab's images, the engine, sounds, Go's."""
    folders = {"XDG_CACHE_HOME": "cache", "GOPATH": "go", "GOCACHE": "go-build", "GOMODCACHE": "go-modules"}
    # What an outer make tells its children would change what the inner one prints.
    kept = {key: value for key, value in environment().items() if not key.startswith(("PBX_", "MAKE"))}
    return {**kept, **{name: str(home / folder) for name, folder in folders.items()}, "PBX_LAB": LAB}


def demo(here: Path, own: dict[str, str], started: float) -> list[tuple[str, float]]:
    """Each step and the seconds since the start at its end, up to the first call; then the demo is stopped."""
    process = subprocess.Popen(
        ["make", "demo"],
        cwd=here,
        env=own,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    marks, last = [], deque[str](maxlen=20)
    step = "git clone, make setup"
    try:
        assert process.stdout is not None
        for line in process.stdout:
            last.append(line)
            if found := STEP.match(line):
                marks.append((step, time.perf_counter() - started))
                step = found[1].strip()
            elif CALLED in line:
                return [*marks, (step, time.perf_counter() - started)]
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
        process.wait()
    raise SystemExit(f"error: make demo ended with {process.returncode} before a call:\n{''.join(last)}")
