"""What users are doing: entries of AstDB, read from its file and written by Asterisk, which owns it.

Asterisk writes its file within a second, so whoever must know at once asks Asterisk itself.
"""

from __future__ import annotations

import base64
import contextlib
import re
import sqlite3
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

DATABASE = "/var/lib/asterisk/astdb.sqlite3"
AVAILABLE = "available"
LONGEST_NOTE = 140
State = tuple[int, int, int]
"""Which file it is, when it was last changed, and its size."""
SETTLED = 50_000_000
"""Nanoseconds after which a change is surely whole: the clock of file systems ticks more slowly than they write."""
VALUE = re.compile(r"^Value: (.*)$", re.MULTILINE)


class Silent(Exception):
    """Asterisk did not do what it was asked."""


@dataclass(frozen=True)
class Doing:
    activity: str = AVAILABLE
    until: int = 0
    """The second since 1970 at which she is available again; 0 for no end."""
    note: str = ""
    by: str = "hand"

    def written(self) -> str:
        return f"{self.activity}:{self.until}:{self.by}:{base64.b64encode(self.note.encode()).decode()}"


def read(entry: str) -> Doing:
    activity, until, by, note, *_ = (*entry.split(":"), "", "", "")
    try:
        text = base64.b64decode(note, validate=True).decode()
    except ValueError:
        text = ""
    return Doing(activity, int(until) if until.isdigit() else 0, text, by or "hand") if activity else Doing()


def written(before: State | None = None) -> tuple[State, dict[str, str]] | None:
    """Everything of ours in Asterisk's file, lines of users too, and its state; nothing where it is as it was `before`,
    or in change.

    Read without a lock: Asterisk does not wait for readers, and gives up what it has to write when there is one. So
    what is read counts only where the file was quiet before and has not changed meanwhile.
    """
    state = _state()
    if state == before or time.time_ns() - state[1] < SETTLED:
        return None
    address = f"file:{DATABASE}?mode=ro&immutable=1"
    with contextlib.closing(sqlite3.connect(address, uri=True)) as database:
        ours = "SELECT key, value FROM astdb WHERE key GLOB '/pbx/*' OR key GLOB '/CustomDevstate/*.*'"
        rows = dict(database.execute(ours).fetchall())
    return (state, rows) if _state() == state else None


def _state() -> State:
    found = Path(DATABASE).stat()
    return found.st_ino, found.st_mtime_ns, found.st_size


def one(slug: str, user: str) -> Doing:
    """What she is doing now, also when it was set a moment ago."""
    found = VALUE.search(ask(f"database get pbx/{slug} activity-{user}"))
    doing = read(found[1].strip()) if found else Doing()
    return doing if not doing.until or doing.until > now(slug) else Doing()


def keep(slug: str, user: str, doing: Doing) -> None:
    if doing.activity == AVAILABLE and not doing.note:
        ask(f"database del pbx/{slug} activity-{user}")
    else:
        ask(f"database put pbx/{slug} activity-{user} {doing.written()}")


def now(slug: str) -> float:
    """The tenant's clock: a test environment may move it."""
    found = VALUE.search(ask(f"database get pbx/{slug} clock-offset"))
    return time.time() + offset(found[1].strip() if found else "")


def offset(text: str) -> int:
    return int(text) if re.fullmatch(r"-?\d+", text) else 0


def ask(command: str) -> str:
    try:
        done = subprocess.run(["asterisk", "-rx", command], capture_output=True, text=True, timeout=10, check=False)
    except subprocess.TimeoutExpired:
        raise Silent("Asterisk does not answer") from None
    if done.returncode:
        raise Silent("Asterisk does not answer")
    return done.stdout
