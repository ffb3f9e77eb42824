"""Asterisk's own database, read by programs beside it without a lock (see docs/decisions/0007-activities.md).

Asterisk does not wait for readers: where one holds the file at the moment of its commit, it gives up what it has to
write. So what is read counts only where the file was quiet before and has not changed meanwhile.
"""

import contextlib
import sqlite3
import time
from pathlib import Path

DATABASE = Path("/var/lib/asterisk/astdb.sqlite3")
SETTLED, TRIES = 50_000_000, 50
"""Nanoseconds after which a change of the file is surely whole, and how often it is looked at."""


def written(keys: str) -> dict[str, str] | None:
    """What stands under the keys of a GLOB pattern; nothing where the file never came to rest."""
    for _ in range(TRIES):
        state = DATABASE.stat()
        if time.time_ns() - state.st_mtime_ns > SETTLED:
            with contextlib.closing(sqlite3.connect(f"file:{DATABASE}?mode=ro&immutable=1", uri=True)) as database:
                rows = dict(database.execute("SELECT key, value FROM astdb WHERE key GLOB ?", (keys,)).fetchall())
            after = DATABASE.stat()
            if (after.st_ino, after.st_mtime_ns) == (state.st_ino, state.st_mtime_ns):
                return rows
        time.sleep(0.1)
    return None
