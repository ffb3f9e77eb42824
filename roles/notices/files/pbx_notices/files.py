"""Files that are there whole or not at all, and outlive a power cut."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path


def write(path: Path, content: bytes) -> None:
    with fresh(path) as name:
        Path(name).write_bytes(content)


@contextlib.contextmanager
def fresh(path: Path) -> Iterator[str]:
    """A file beside `path` that takes its place when the block ends without an error."""
    descriptor, name = tempfile.mkstemp(prefix=".new-", dir=path.parent)
    os.close(descriptor)
    try:
        yield name
        sync(Path(name))
        Path(name).replace(path)
        sync(path.parent)
    finally:
        Path(name).unlink(missing_ok=True)


def copy(source: Path, target: Path) -> None:
    with fresh(target) as name:
        shutil.copyfile(source, name)


def sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
