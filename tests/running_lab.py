"""A lab for as long as tests need it."""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from provisioner.adapters.lab import Lab

NAME = os.environ.get("PBX_LAB") or "test"


@contextlib.contextmanager
def one_at_a_time() -> Iterator[None]:
    """Machines boot and are furnished one lab after the other.

    Calls are mostly waiting, so workers make them side by side; setting up a lab takes all processors that there are.
    """
    lock = Path(__file__).parents[1] / "build" / ".labs.lock"
    lock.parent.mkdir(exist_ok=True)
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextlib.contextmanager
def running(name: str) -> Iterator[Lab]:
    """Up, and taken down at the end; left up where it was before, or where PBX_LAB_KEEP says so."""
    lab = Lab(name)
    was_up = lab.status().phase == "ready"
    with one_at_a_time():
        lab.up()
    try:
        yield lab
    finally:
        if not was_up and not os.environ.get("PBX_LAB_KEEP"):
            lab.down()
