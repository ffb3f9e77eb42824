#!/usr/bin/python3
"""Recorded calls of tenants on a core node: encrypted as soon as they end, listed, handed out sealed, deleted in time.

Asterisk writes raw sound into `.open/<slug>`; a file's name says all that the index keeps of it. When a part of a
recording ends, Asterisk has it sealed by `keep`: encrypted to the tenant's public key, noted in the index, and the
plain file gone. What a crash left is sealed by `sweep`, which runs before Asterisk starts and every hour, and deletes
what is older than the tenant keeps. Nothing here can decrypt: the private key is in the provider's secret store.
"""

from __future__ import annotations

import base64
import contextlib
import fcntl
import json
import os
import re
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

HOME = Path("/var/spool/asterisk/recordings")
TENANTS = Path("/etc/asterisk/pbx/tenants")
SLUG = re.compile(r"[a-z][a-z0-9-]{0,39}")
NAME = re.compile(
    r"(?P<reason>number|queue|conference|user|on-demand)_(?P<name>[a-z0-9-]+)_(?P<user>[a-z0-9-]*)_(?P<number>[+0-9a-z]*)"
    r"_(?P<direction>in|out)_(?P<at>[0-9]+)_(?P<call>[0-9a-z.-]+?)_(?P<part>[0-9]+)"
)
BYTES_A_SECOND = 16000
"""Of telephone sound: 8000 samples of 16 bits."""
USUAL_DAYS = 90
TABLES = """
CREATE TABLE IF NOT EXISTS recording (
  id TEXT PRIMARY KEY, at INTEGER NOT NULL, reason TEXT NOT NULL, name TEXT NOT NULL, user TEXT NOT NULL,
  number TEXT NOT NULL, direction TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS part (
  id TEXT NOT NULL, part INTEGER NOT NULL, seconds REAL NOT NULL, PRIMARY KEY (id, part));
CREATE TABLE IF NOT EXISTS access (
  at INTEGER NOT NULL, who TEXT NOT NULL, what TEXT NOT NULL, id TEXT NOT NULL, reason TEXT NOT NULL);
"""


def main(arguments: list[str]) -> int:
    os.umask(0o027)
    verb, *rest = arguments
    VERBS[verb](*rest)
    return 0


def keep(file: str) -> None:
    """Seals one part that Asterisk has closed."""
    path = Path(file)
    if path.parent.parent != HOME / ".open":
        raise SystemExit(f"{file} is no recording of a tenant")
    with alone():
        seal(path)


def sweep() -> None:
    """Seals what nobody writes any more, and deletes what is too old."""
    found = sorted((HOME / ".open").glob("*/*.sln"))
    writing = being_written()  # after they were found: what is opened later is none of them
    for path in found:
        if path not in writing:
            try:
                with alone():
                    seal(path)
            except (OSError, ValueError, subprocess.CalledProcessError) as error:
                print(f"{path} stays as it is: {error}", file=sys.stderr)
    for home in sorted(HOME.glob("[a-z]*")):
        for left in home.glob(".new-*"):
            if time.time() - left.stat().st_mtime > 3600:
                left.unlink()
        forget(home.name)


def being_written() -> set[Path]:
    """The files that Asterisk holds open; what cannot be seen is an error, and nothing is sealed. Its command line,
    which root calls, is no writer."""
    opened: set[Path] = set()
    for name in Path("/proc").glob("[0-9]*/comm"):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            if name.read_text().strip() == "asterisk" and name.stat().st_uid == os.getuid():
                for each in (name.parent / "fd").iterdir():
                    with contextlib.suppress(FileNotFoundError):
                        opened.add(each.readlink())
    return opened


@contextlib.contextmanager
def alone():
    """One at a time: the hourly sweep may meet a call that ends."""
    lock = os.open(HOME, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def seal(path: Path) -> None:
    """Encrypts, notes, and only then removes the plain file: a cut-off run is repeated by the next."""
    if not path.exists():
        return
    slug, facts = called_now(path.parent.name), NAME.fullmatch(path.stem)
    if not facts or not SLUG.fullmatch(slug):
        raise ValueError("its name says no recording")
    size = path.stat().st_size
    if size:
        home = HOME / slug
        home.mkdir(mode=0o750, exist_ok=True)
        id, part = f"{facts['at']}-{facts['call']}", int(facts["part"])
        sealed, fresh = home / f"{id}.{part}.age", home / f".new-{id}.{part}"
        command = ["age", "--encrypt", "--recipient", recipient(slug), "--output", str(fresh), str(path)]
        subprocess.run(command, check=True)
        fresh.chmod(0o640)
        with fresh.open("rb") as stream:
            os.fsync(stream.fileno())
        fresh.replace(sealed)
        with index(slug) as rows:
            words = [facts[each] for each in ("reason", "name", "user", "number", "direction")]
            rows.execute("INSERT OR IGNORE INTO recording VALUES (?,?,?,?,?,?,?)", (id, int(facts["at"]), *words))
            rows.execute("INSERT OR REPLACE INTO part VALUES (?,?,?)", (id, part, size / BYTES_A_SECOND))
    path.unlink()


def called_now(slug: str) -> str:
    """The tenant; where it has got another name since Asterisk began to write, that."""
    for moves in [] if (TENANTS / slug).exists() else sorted(TENANTS.glob("*/moves.json")):
        noted = json.loads(moves.read_bytes())["moves"]
        if any((each["kind"], each["old"]) == ("tenant", slug) for each in noted):
            return moves.parent.name
    return slug


def recipient(slug: str) -> str:
    """The tenant's public key; the last one that was used, where its file records nothing any more."""
    noted = HOME / slug / "recipient"
    with contextlib.suppress(OSError):
        known = str(json.loads((TENANTS / slug / "recording.json").read_bytes())["recipient"])
        noted.write_text(known)
        return known
    return noted.read_text()


def forget(slug: str) -> None:
    """Deletes what is older than the tenant keeps it, and says so in the log of accesses."""
    days = USUAL_DAYS
    with contextlib.suppress(OSError):
        days = int(json.loads((TENANTS / slug / "recording.json").read_bytes())["retention"])
    due = time.time() - days * 86400
    late = {each.name.rsplit(".", 2)[0] for each in (HOME / slug).glob("*.age") if each.stat().st_mtime < due}
    for id in sorted(late):
        remove(slug, id, "the platform", f"older than {days} days")


def remove(slug: str, id: str, who: str, reason: str) -> None:
    for file in (HOME / slug).glob(f"{id}.*.age"):
        file.unlink()
    with index(slug) as rows:
        rows.execute("DELETE FROM part WHERE id = ?", (id,))
        rows.execute("DELETE FROM recording WHERE id = ?", (id,))
        note(rows, who, "delete", id, reason)


def list_(slug: str) -> None:
    """Every recording, the oldest first, as JSON."""
    seconds = "SELECT id, sum(seconds) AS seconds FROM part GROUP BY id"
    query = f"SELECT * FROM recording JOIN ({seconds}) USING (id) ORDER BY at, id"
    rows = [dict(each) for each in read(slug, query)]
    print(json.dumps(rows))


def get(slug: str, id: str, who: str) -> None:
    """The sealed parts of one, in order, as JSON of base64; who asked is noted before they are handed out."""
    files = {int(each.name.rsplit(".", 2)[1]): each for each in (HOME / slug).glob(f"{known(slug, id)}.*.age")}
    with index(slug) as rows:
        note(rows, who, "get", id, "")
    print(json.dumps([base64.b64encode(files[each].read_bytes()).decode() for each in sorted(files)]))


def delete(slug: str, id: str, who: str, reason: str) -> None:
    remove(slug, known(slug, id), who, reason)


def refused(slug: str, id: str, who: str) -> None:
    """Notes that somebody without the right asked for one."""
    if (HOME / slug / "index.sqlite3").exists():
        with index(slug) as rows:
            note(rows, who, "refused", id, "")


def log(slug: str) -> None:
    """Who had what in hand, the oldest first, as JSON."""
    print(json.dumps([dict(each) for each in read(slug, "SELECT * FROM access ORDER BY at, rowid")]))


def known(slug: str, id: str) -> str:
    if not any(each["id"] == id for each in read(slug, "SELECT id FROM recording")):
        raise SystemExit(f"no recording {id}")
    return id


def note(rows: sqlite3.Connection, who: str, what: str, id: str, reason: str) -> None:
    rows.execute("INSERT INTO access VALUES (?,?,?,?,?)", (int(time.time()), who, what, id, reason))


def read(slug: str, query: str) -> list[sqlite3.Row]:
    if not (HOME / slug / "index.sqlite3").exists():
        return []
    with index(slug) as rows:
        rows.row_factory = sqlite3.Row
        return rows.execute(query).fetchall()


@contextlib.contextmanager
def index(slug: str):
    """The tenant's index, written when the block ends without an error."""
    if not SLUG.fullmatch(slug):
        raise SystemExit(f"{slug!r} is no tenant")
    rows = sqlite3.connect(HOME / slug / "index.sqlite3", timeout=30)
    try:
        rows.executescript(TABLES)
        with rows:
            yield rows
    finally:
        rows.close()


VERBS = {
    "keep": keep, "sweep": sweep, "list": list_, "get": get, "delete": delete, "refused": refused, "log": log,
}  # fmt: skip

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
