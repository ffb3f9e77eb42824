"""Where entries are kept: one SQLite file for each tenant, so that no question about one can be answered by another's.

The reader needs no right to write, and waits for a writer at most as long as `WAIT` says.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

from .gather import COLLEAGUE, FORWARDED, MISSED, PICKED_UP, Entry

FOLDER = Path("/var/lib/pbx-calls")
WAIT = 3.0
COLUMNS = tuple(each.name for each in fields(Entry))
TABLE = f"""
CREATE TABLE IF NOT EXISTS calls ({", ".join(f'"{each}"' for each in COLUMNS)}, PRIMARY KEY (call, user, direction));
CREATE INDEX IF NOT EXISTS of_user ON calls (user, at);
CREATE INDEX IF NOT EXISTS by_time ON calls (at);
"""
ELSEWHERE = "answered-elsewhere"
"""What a call is to a telephone of hers when another one of hers answered it."""

KINDS: dict[str, str] = {
    "all": "1",
    "missed": f"result = '{MISSED}'",
    "voicemail": "message != ''",
    "made": "direction = 'made'",
    "received": f"direction = 'received' AND result NOT IN ('{MISSED}', '{FORWARDED}', '{COLLEAGUE}', '{PICKED_UP}')",
    "forwarded": f"result = '{FORWARDED}'",
}
"""What may be asked for, and the rows that are meant."""


def write(slug: str, entries: Iterable[Entry]) -> None:
    """The same entry again is no second one."""
    path = _file(slug)
    path.touch(mode=0o600)
    with contextlib.closing(sqlite3.connect(path, timeout=WAIT)) as database:
        database.executescript(TABLE)
        places = ", ".join(f":{each}" for each in COLUMNS)
        with database:
            database.executemany(f"INSERT OR REPLACE INTO calls VALUES ({places})", map(asdict, entries))


def forget(slug: str, before: float) -> None:
    """Calls that began before that second are gone, from the file too."""
    path = _file(slug)
    if path.exists():
        with contextlib.closing(sqlite3.connect(path, timeout=WAIT)) as database:
            database.execute("PRAGMA secure_delete = ON")
            with database:
                database.execute("DELETE FROM calls WHERE at < ?", (before,))


def read(slug: str, user: str = "", *, kind: str = "all", before: float = 0.0, limit: int = 50) -> list[Entry]:
    """The latest first; of one user, or of all where none is named; those that began `before` a second, if any."""
    path = _file(slug)
    if not path.exists():
        return []
    wanted, given = [KINDS[kind]], {"user": user, "before": before, "limit": limit}
    wanted += ["user = :user"] * bool(user) + ["at < :before"] * bool(before)
    question = f"SELECT * FROM calls WHERE {' AND '.join(wanted)} ORDER BY at DESC, user LIMIT :limit"
    with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=WAIT)) as database:
        return [Entry(*row) for row in database.execute(question, given)]


def _file(slug: str) -> Path:
    return FOLDER / f"{slug}.sqlite3"


def shown(entries: Iterable[Entry], device: str = "") -> Iterator[dict[str, Any]]:
    """What people are told, as one of her telephones has to see it."""
    for each in entries:
        facts = asdict(each)
        if device and each.direction == "received" and each.result == "answered" and each.device not in ("", device):
            facts["result"] = ELSEWHERE
        yield facts
