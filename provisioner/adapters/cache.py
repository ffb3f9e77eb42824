"""The user's cache folder: what is got or built once for a machine, outside every checkout, keyed by its recipe.

What is made is put in place by one rename, under a lock: a cut-off attempt leaves nothing that could be taken for it.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

Say = Callable[[str], None]


def folder(name: str) -> Path:
    """Where things of one sort are kept, one folder for each recipe."""
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "pbx" / name


def made(home: Path, there: Callable[[], bool], fill: Callable[[Path], None], what: str, say: Say) -> None:
    """Sees to it that `home` is `there`: `fill` puts everything into a fresh folder, which takes its place."""
    if there():
        return
    with _only_one(home, what, say):
        if there():
            return
        for left in home.parent.glob(f"{home.name}.new-*"):
            shutil.rmtree(left, ignore_errors=True)  # of an attempt that was cut off; we hold the lock
        fresh = Path(tempfile.mkdtemp(prefix=f"{home.name}.new-", dir=home.parent))
        try:
            fill(fresh)
            shutil.rmtree(home, ignore_errors=True)
            fresh.rename(home)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)


@contextmanager
def _only_one(home: Path, what: str, say: Say) -> Iterator[None]:
    """Nobody else makes `home` meanwhile."""
    home.parent.mkdir(parents=True, exist_ok=True)
    with (home.parent / f"{home.name}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"another pbx is getting {what}: waiting for it")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
