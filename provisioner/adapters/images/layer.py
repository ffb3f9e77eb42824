"""A folder as the one layer of an image: the same bytes from the same files, on every machine and every day.

Sorted by name, no name of an owner, no time younger than the recipe says, nothing that gives a user more rights than
it has (setuid, setgid, file capabilities).
"""

from __future__ import annotations

import os
import stat
import subprocess
import tarfile
from collections.abc import Collection, Iterator
from pathlib import Path

from .recipe import OWNER

_OPEN = frozenset({"tmp", "var/tmp"})


def write(root: Path, target: Path, *, epoch: int, owned: Collection[str]) -> None:
    """Write `root` as a tar file; paths at and below `owned` (such as `/run/kamailio`) belong to the daemon's user."""
    ours = tuple(path.strip("/") for path in owned)
    with tarfile.open(target, "w", format=tarfile.GNU_FORMAT) as tar:
        for path in _walk(root):
            info = tar.gettarinfo(path, str(path.relative_to(root)))
            _settle(info, epoch, info.name in ours or info.name.startswith(tuple(f"{each}/" for each in ours)))
            if info.isreg():
                with path.open("rb") as file:
                    tar.addfile(info, file)
            else:
                tar.addfile(info)


def _walk(root: Path) -> Iterator[Path]:
    for entry in sorted(os.scandir(root), key=lambda each: each.name):
        path = Path(entry.path)
        if entry.is_file(follow_symlinks=False) or entry.is_symlink() or entry.is_dir(follow_symlinks=False):
            yield path
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(path)


def _settle(info: tarfile.TarInfo, epoch: int, owned: bool) -> None:
    info.uid = info.gid = OWNER if owned else 0
    info.uname = info.gname = ""
    info.mtime = min(int(info.mtime), epoch)
    info.mode = stat.S_IMODE(info.mode) & ~(stat.S_ISUID | stat.S_ISGID)
    if info.name in _OPEN:
        info.mode = 0o1777
    elif info.isdir():
        info.mode |= 0o555
    elif info.isreg():
        info.mode |= 0o444


def compress(tar: Path, target: Path) -> None:
    """By the gzip program, whose output is the same everywhere; libraries of the same name differ."""
    with target.open("wb") as output:
        subprocess.run(["gzip", "--no-name", "--stdout", str(tar)], stdout=output, check=True)
