"""A folder of a machine on a small disk of its own that is full, until somebody makes room."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator

from provisioner.adapters.lab import Lab

DISK = "/mnt/small-disk"
FILLER = ".filler"


@contextlib.contextmanager
def full_disk(
    lab: Lab, machine: str, folder: str, spare: int = 8, daemon: str | None = None
) -> Iterator[Callable[[], None]]:
    """Gives what makes room again: `spare` MB. What was written by then is back in the folder at the end.

    A daemon that works in the folder stands still while the folder moves, and runs when the disk gets full.
    """

    def sh(script: str) -> None:
        done = lab.run(machine, ["sh", "-c", script])
        assert done.returncode == 0, done.stdout + done.stderr

    def service(verb: str) -> str:
        return f"systemctl {verb} {daemon}; " if daemon else ""

    sh(
        f"set -e; {service('stop')}size=$(($(du -sm {folder} | cut -f1) + {spare})); mkdir -p {DISK}; "
        f"mount -t tmpfs -o size=${{size}}m,mode=755 none {DISK}; cp -a {folder}/. {DISK}/; "
        f"chown --reference={folder} {DISK}; chmod --reference={folder} {DISK}; mount --bind {DISK} {folder}; "
        f"{service('start')}"
        f"head -c 1G /dev/zero >{DISK}/{FILLER} 2>/dev/null || true; test $(df --output=avail {folder} | tail -1) = 0"
    )
    try:
        yield lambda: sh(f"rm -f {DISK}/{FILLER}")
    finally:
        sh(
            f"set -e; {service('stop')}rm -f {DISK}/{FILLER}; umount {folder}; find {folder} -mindepth 1 -delete; "
            f"cp -a {DISK}/. {folder}/; umount {DISK}; rmdir {DISK}; {service('start')}"
        )
