"""A lock that dies with its holder: the kernel frees a flock when the process ends, however it ends.

The file may be removed while held (a lab that goes down leaves nothing behind); whoever waited on the removed file
notices and takes the new one.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from provisioner.core.errors import LockHeld


def _is_current(descriptor: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False


def _try_take(path: Path) -> int | None:
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    if _is_current(descriptor, path):
        return descriptor
    os.close(descriptor)
    return None


def _owner(path: Path) -> str:
    try:
        return path.read_text().strip() or "another process"
    except OSError:
        return "another process"


@contextmanager
def hold(path: Path, *, wait: float, waiting: Callable[[str], None] = lambda _: None) -> Iterator[None]:
    """Hold the lock; waits up to `wait` seconds, telling `waiting` once who holds it. Raises LockHeld."""
    deadline = time.monotonic() + wait
    told = False
    while (descriptor := _try_take(path)) is None:
        if time.monotonic() >= deadline:
            raise LockHeld(f"{path}: held by {_owner(path)} for over {wait:g} s", "wait for it to end, then try again")
        if not told:
            waiting(_owner(path))
            told = True
        time.sleep(0.1)
    try:
        os.ftruncate(descriptor, 0)
        os.write(descriptor, f"process {os.getpid()}\n".encode())
        yield
    finally:
        os.close(descriptor)
