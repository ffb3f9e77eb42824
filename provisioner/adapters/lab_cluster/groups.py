"""The control groups of a cluster: one path below the root of every tree that the host has, old ones and new.

The cgroup2 tree tells which processes live and kills them; the old trees only have to be emptied of folders afterwards.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from provisioner.adapters.lab import cgroups


def path(name: str) -> str:
    """Below each tree's root. The dot keeps it apart from every lab's."""
    return f"{cgroups.TREE}/cluster.{name}"


def group(name: str) -> Path:
    """Where the cluster's processes are counted."""
    return cgroups.lab_group(f"cluster.{name}")


def first_process(name: str) -> int | None:
    """The host's number of the machine's first process; None where it does not run."""
    for pid in cgroups.pids(group(name)):
        with contextlib.suppress(OSError):
            for line in Path(f"/proc/{pid}/status").read_text().splitlines():
                # A container's first process has a third number, a program of the machine another second one.
                if line.startswith("NSpid:") and line.split()[2:] == ["1"]:
                    return pid
    return None


def remove(name: str) -> None:
    """Kill all that runs in the cluster and take its groups away."""
    cgroups.remove(group(name))
    for tree in _old_trees():
        for directory, _, _ in os.walk(tree / path(name), topdown=False):
            Path(directory).rmdir()
        with contextlib.suppress(OSError):  # another cluster's groups are there, or none
            (tree / cgroups.TREE).rmdir()


def left(name: str) -> bool:
    """Is anything there?"""
    return group(name).exists() or any((tree / path(name)).exists() for tree in _old_trees())


def _old_trees() -> Iterator[Path]:
    for line in cgroups.MOUNTINFO.read_text().splitlines():
        before, _, after = line.partition(" - ")
        place = before.split()[4]
        if after.startswith("cgroup ") and place.startswith("/sys/fs/cgroup/"):
            yield Path(place)
