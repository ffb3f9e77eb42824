"""What a host needs to run a lab: asked of the host itself, all that is missing said at once.

Stays true by trying (a mount, not a version number). Not for installing: that is bin/setup.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from . import cgroups
from .image import KEYRING
from .shell import LabError

# tool → Debian and Ubuntu package
TOOLS: Mapping[str, str] = {
    "systemd-nspawn": "systemd-container",
    "ip": "iproute2",
    "sysctl": "procps",
    "ssh": "openssh-client",
    "ssh-keygen": "openssh-client",
    "unshare": "util-linux",
    "setpriv": "util-linux",
    "mount": "mount",
}
BUILD_TOOLS: Mapping[str, str] = {"mmdebstrap": "mmdebstrap", "gpg": "gpg"}


class HostView(Protocol):
    """What the check asks of a host."""

    def user_id(self) -> int: ...
    def has_tool(self, name: str) -> bool: ...
    def has_file(self, path: Path) -> bool: ...
    def has_cgroup2(self) -> bool: ...
    def can_overlay(self, place: Path) -> bool: ...


class ThisHost:
    """The real one."""

    def user_id(self) -> int:
        return os.geteuid()

    def has_tool(self, name: str) -> bool:
        return shutil.which(name) is not None

    def has_file(self, path: Path) -> bool:
        return path.exists()

    def has_cgroup2(self) -> bool:
        return cgroups.cgroup2_mount() is not None

    def can_overlay(self, place: Path) -> bool:
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(parents=True)
        script = 'cd "$1" && mkdir l u w m && mount -t overlay o -o lowerdir=l,upperdir=u,workdir=w,volatile m'
        trial = ["unshare", "--mount", "--propagation", "private", "sh", "-c", script, "sh", str(place)]
        try:
            return subprocess.run(trial, capture_output=True, check=False).returncode == 0
        finally:
            shutil.rmtree(place)


def check(host: HostView, *, building: bool) -> None:
    """Raise LabError that names everything missing and how to get it. `building`: an image must be made first."""
    if host.user_id() != 0:
        raise LabError(
            f"the lab needs root to make namespaces and mounts; this is user {host.user_id()}",
            "run the same command with sudo",
        )
    tools = {**TOOLS, **(BUILD_TOOLS if building else {})}
    absent = [tool for tool in tools if not host.has_tool(tool)]
    packages = {tools[tool] for tool in absent}
    missing = [f"{tool} (package {tools[tool]})" for tool in absent]
    if building and not host.has_file(KEYRING):
        missing.append("Debian's archive keys (package debian-archive-keyring)")
        packages.add("debian-archive-keyring")
    if missing:
        raise LabError(
            f"the lab needs what this host lacks: {', '.join(missing)}",
            f"bin/setup, or: apt-get install --yes {' '.join(sorted(packages))}",
        )
    if not host.has_cgroup2():
        raise LabError(
            "the lab needs a cgroup2 tree; this host has the old control groups alone",
            "boot the host with systemd.unified_cgroup_hierarchy=1",
        )


def check_file_system(host: HostView, place: Path) -> None:
    """Raise LabError when machines cannot live beside `place`, a path for a trial that is removed again."""
    if not host.can_overlay(place):
        raise LabError(
            f"the kernel refuses an overlay on {place.parent}: expected the module overlay, and a real file system "
            "below (ext4, xfs, btrfs, tmpfs; not another overlay, not NFS)",
            "modprobe overlay, or set PBX_LAB_ROOT to a directory on a real file system",
        )
