"""Raises the one kernel limit that several systemds on one host run into.

Each systemd holds about ten inotify instances, and root's processes on a host may have 128 by default: from the third
lab on, machines would die at once with "Too many open files". The limit costs nothing and stays until the restart.
"""

from __future__ import annotations

import contextlib
from pathlib import Path

INOTIFY = Path("/proc/sys/fs/inotify/max_user_instances")
ENOUGH = 2048


def raise_inotify(setting: Path = INOTIFY) -> str:
    """Returns what was done, for the engineer to see; empty when nothing was."""
    with contextlib.suppress(OSError):  # without the right to change it, a small lab may still fit
        now = int(setting.read_text())
        if now < ENOUGH:
            setting.write_text(str(ENOUGH))
            return f"raised fs.inotify.max_user_instances from {now} to {ENOUGH}, until the next restart"
    return ""
