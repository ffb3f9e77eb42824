"""What was built before, in `<folder>/.pbx/builds.sqlite`: one row a tenant, for the last build of each.

Whatever is wrong with that file costs a build and is told nobody: the next run makes it anew.
"""

from __future__ import annotations

import contextlib
import hashlib
import sqlite3
import sys
import sysconfig
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path

from provisioner.core.ports.builds import Remembered

PACKAGE = Path(__file__).parents[1]
_TABLE = "CREATE TABLE IF NOT EXISTS builds (slug TEXT PRIMARY KEY, key TEXT NOT NULL, text TEXT NOT NULL)"
_SECONDS = 5.0
"""How long another run is waited for that writes."""


class BuildMemory:
    """The `Builds` port; `kept` asks the store of bundles."""

    def __init__(self, folder: Path, kept: Callable[[Iterable[str]], frozenset[str]]) -> None:
        self._file = folder / "builds.sqlite"
        self.kept = kept

    @cached_property
    def tool(self) -> str:
        return tool()

    def recall(self) -> Mapping[str, Remembered]:
        if not self._file.is_file():
            return {}
        try:
            with self._opened() as database:
                rows = database.execute("SELECT slug, key, text FROM builds").fetchall()
        except sqlite3.Error:
            return {}
        return {slug: Remembered(key, text) for slug, key, text in rows}

    def remember(self, builds: Mapping[str, Remembered]) -> None:
        if not builds:
            return
        rows = [(slug, each.key, each.text) for slug, each in builds.items()]
        try:
            self._write(rows)
        except sqlite3.OperationalError:  # locked, read-only or full: the next run builds again
            return
        except sqlite3.DatabaseError:  # no database at all
            with contextlib.suppress(OSError, sqlite3.Error):
                self._file.unlink()
                self._write(rows)

    def _write(self, rows: list[tuple[str, str, str]]) -> None:
        with self._opened() as database:
            database.execute(_TABLE)
            database.executemany("INSERT OR REPLACE INTO builds VALUES (?, ?, ?)", rows)

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        """A connection whose changes come in together, or not at all."""
        database = sqlite3.connect(self._file, timeout=_SECONDS)
        try:
            with database:
                yield database
        finally:
            database.close()


def tool() -> str:
    """Names this program: its files by size and time, the Python that runs it, and the packages beside it."""
    facts = [sys.version]
    for file in sorted(each for each in PACKAGE.rglob("*") if each.suffix != ".pyc" and each.is_file()):
        found = file.stat()
        facts.append(f"{file.relative_to(PACKAGE)} {found.st_size} {found.st_mtime_ns}")
    site = Path(sysconfig.get_path("purelib"))
    facts += sorted(each.name for each in site.glob("*.dist-info"))
    return hashlib.sha256("\n".join(facts).encode()).hexdigest()
