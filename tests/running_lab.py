"""A lab for as long as tests need it."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator

from provisioner.adapters.lab import Lab

NAME = os.environ.get("PBX_LAB") or "test"


@contextlib.contextmanager
def running(name: str) -> Iterator[Lab]:
    """Up, and taken down at the end; left up where it was before, or where PBX_LAB_KEEP says so."""
    lab = Lab(name)
    was_up = lab.status().phase == "ready"
    lab.up()
    try:
        yield lab
    finally:
        if not was_up and not os.environ.get("PBX_LAB_KEEP"):
            lab.down()
