"""A control group for each lab and machine: what holds all their processes, so that none outlives its lab.

The group stands at the root of the cgroup2 tree, as container engines' do, and works alike on pure and hybrid hosts.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator
from pathlib import Path

from .shell import LabError

TREE = "pbx-lab"
MOUNTINFO = Path("/proc/self/mountinfo")


def cgroup2_mount(mountinfo: Path = MOUNTINFO) -> Path | None:
    """Where the host has the cgroup2 tree: /sys/fs/cgroup, or /sys/fs/cgroup/unified on a hybrid host."""
    for line in mountinfo.read_text().splitlines():
        before, _, after = line.partition(" - ")
        if after.startswith("cgroup2 "):
            return Path(before.split()[4])
    return None


def _root() -> Path:
    mount = cgroup2_mount()
    if mount is None:
        raise LabError("no cgroup2 tree is mounted", "boot with systemd.unified_cgroup_hierarchy=1")
    return mount


def lab_group(lab: str) -> Path:
    return _root() / TREE / lab


def machine_group(lab: str, generation: str, machine: str) -> Path:
    return lab_group(lab) / f"{machine}.{generation}"


def create(group: Path) -> None:
    for _ in range(10):  # another lab going down may remove the common parent in between
        with contextlib.suppress(FileNotFoundError):
            group.mkdir(parents=True, exist_ok=True)
            return
    raise LabError(f"{group}: could not be created")


def populated(group: Path) -> bool:
    try:
        return "populated 1" in (group / "cgroup.events").read_text()
    except OSError:
        return False


def _groups(top: Path) -> Iterator[Path]:
    """The group and all below, deepest first."""
    for directory, _, _ in os.walk(top, topdown=False):
        yield Path(directory)


def pids(group: Path) -> list[int]:
    found: list[int] = []
    for directory in _groups(group):
        with contextlib.suppress(OSError):
            found += map(int, (directory / "cgroup.procs").read_text().split())
    return found


def remove(group: Path, *, timeout: float = 10) -> None:
    """Kill every process of the group and remove it; nothing to do when it is absent."""
    deadline = time.monotonic() + timeout
    # Again and again: a supervisor just started may join after the first kill. Once the group is gone, none can.
    while group.exists():
        with contextlib.suppress(OSError):
            (group / "cgroup.kill").write_text("1")
            for directory in _groups(group):
                directory.rmdir()
        if group.exists():
            if time.monotonic() > deadline:
                raise LabError(f"{group}: processes {pids(group)} still there {timeout:g} s after SIGKILL")
            time.sleep(0.01)
    with contextlib.suppress(OSError):
        (_root() / TREE).rmdir()


def memory(group: Path) -> int:
    """Bytes of memory that the group's processes hold, each shared page counted once over all its users (PSS)."""
    total = 0
    for pid in pids(group):
        with contextlib.suppress(OSError):
            for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1]) * 1024
    return total
