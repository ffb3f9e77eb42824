"""Runs commands and tells what they took."""

from __future__ import annotations

import os
import resource
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Spent:
    """Seconds of one run: what a person waited, and what all its processes worked."""

    wall: float
    cpu: float


def run(*command: str) -> Spent:
    """Runs a command to its end; raises where it fails."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    subprocess.run(command, env=environment(), stdout=subprocess.DEVNULL, check=True)
    wall = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return Spent(wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def peak(*command: str) -> float:
    """Megabytes of a command and its children together at the worst moment, shared pages counted once (PSS).

    A run of its own: looking takes time from those that are looked at.
    """
    process = subprocess.Popen(command, env=environment(), stdout=subprocess.DEVNULL)
    most = 0.0
    while process.poll() is None:
        most = max(most, _memory(process.pid))
        time.sleep(0.05)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return most


def environment() -> dict[str, str]:
    """Ours, as on a machine where Python may keep its byte code, and nobody has set what `pbx` does.

    A variable of `pbx` wins over provider.yaml: PBX_LAB would lead every measurement to a lab that is not the bench's.
    """
    kept = ("PBX_LAB_ROOT", "PBX_BENCH_")
    ours = ((key, value) for key, value in os.environ.items() if key.startswith(kept) or not key.startswith("PBX_"))
    return {key: value for key, value in ours if key != "PYTHONDONTWRITEBYTECODE"}


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
