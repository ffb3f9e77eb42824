"""What is measured: each function yields figures, and says nothing where it cannot measure here.

The work runs in fresh processes, as a person or a pipeline starts it. `wall` is what that person waits; `cpu` is what
all its processes spent, which says more on a machine that does other things too.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from . import folder
from .figures import Figure
from .lab import first_call

EVENTS = """
import sys
from pathlib import Path
from yaml._yaml import CParser
from yaml.events import StreamEndEvent
for file in sorted(Path(sys.argv[1]).glob("tenants/*.yaml")):
    event = CParser(file.read_text(encoding="utf-8")).get_event
    while type(event()) is not StreamEndEvent:
        pass
"""
"""The floor: PyYAML's C events of the same files, and nothing done with them."""

BUILD = """
import sys
from pathlib import Path
from provisioner.pipeline.build import build
built = build(Path(sys.argv[1]))
assert built.valid, built.findings[:3]
assert all(each.digests for each in built.outcomes)
"""


@dataclass(frozen=True)
class Spent:
    """Seconds of one run: what a person waited, and what all its processes worked."""

    wall: float
    cpu: float


def run(*command: str) -> Spent:
    """Runs a command to its end; raises where it fails."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    subprocess.run(command, env=_environment(), stdout=subprocess.DEVNULL, check=True)
    wall = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return Spent(wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def peak(*command: str) -> float:
    """Megabytes of a command and its children together at the worst moment, shared pages counted once (PSS).

    A run of its own: looking takes time from those that are looked at.
    """
    process = subprocess.Popen(command, env=_environment(), stdout=subprocess.DEVNULL)
    most = 0.0
    while process.poll() is None:
        most = max(most, _memory(process.pid))
        time.sleep(0.05)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return most


def _environment() -> dict[str, str]:
    """Ours, as on a machine where Python may keep its byte code."""
    return {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}


def _memory(pid: int) -> float:
    """Megabytes of a process and its children."""
    total = 0.0
    for each in [pid, *_children(pid)]:
        try:
            rollup = Path(f"/proc/{each}/smaps_rollup").read_text(encoding="ascii")
        except OSError:
            continue  # it ended meanwhile
        total += next((int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:")), 0) / 1024
    return total


def _children(pid: int) -> list[int]:
    try:
        found = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    except OSError:
        return []
    return [int(each) for each in found]


def best(times: int, *command: str) -> Spent:
    """The least disturbed of several runs."""
    return min((run(*command) for _ in range(times)), key=lambda each: each.wall)


def validate_and_compile() -> Iterator[Figure]:
    """Validate + compile, cold, on all cores, against the C parser's events of the same files on one."""
    cores = len(os.sched_getaffinity(0))
    with tempfile.TemporaryDirectory() as home:
        for tenants in (10, 100, 1000):
            root = Path(home) / str(tenants)
            folder.make(root, tenants)
            times = 3 if tenants < 1000 else 2
            events, build = ((sys.executable, "-c", program, str(root)) for program in (EVENTS, BUILD))
            least, most = peak(*events), peak(*build)  # first, so that byte code and file cache are there for the clock
            floor, ours = best(times, *events), best(times, *build)
            name = f"validate + compile {tenants} tenants of {folder.USERS} users"
            command, peer = f"pbx validate ({cores} cores)", "PyYAML C events alone, one core"
            yield Figure(f"{name}, wall", round(ours.wall, 2), "s", command, peer, round(floor.wall, 2))
            yield Figure(f"{name}, cpu", round(ours.cpu, 2), "s", command, peer, round(floor.cpu, 2))
            yield Figure(f"{name}, peak memory", round(most, 1), "MB", command, peer, round(least, 1))


def start() -> Iterator[Figure]:
    """What a person waits for who asks for the version or presses the tabulator."""
    pbx = str(Path(sys.executable).parent / "pbx")
    floor = best(5, sys.executable, "-c", "pass")
    version = best(5, pbx, "--version")
    peer = "bare Python"
    yield Figure("pbx --version", round(version.wall * 1000), "ms", "pbx --version", peer, round(floor.wall * 1000))
    for name, line in (("a command's name", "pbx va"), ("an option", "pbx validate --fo")):
        settings = ["env", "_PBX_COMPLETE=complete_bash", f"COMP_WORDS={line}", f"COMP_CWORD={line.count(' ')}"]
        spent = best(5, *settings, pbx)
        yield Figure(
            f"completion of {name}", round(spent.wall * 1000), "ms", f"{line}<TAB>", peer, round(floor.wall * 1000)
        )


MEASUREMENTS = (start, validate_and_compile, first_call)
"""In the order of the table. Those of the lab come last: they need it up."""
