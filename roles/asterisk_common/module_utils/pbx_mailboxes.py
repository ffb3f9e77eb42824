"""Mailboxes of a core node, in a table that Asterisk asks when a call needs one.

Asterisk compares each mailbox of voicemail.conf with all others while it starts; fifty thousand take half a minute. The
tenant's voicemail.conf stays the text that is reviewed and checked, and its lines are laid into the table here: all
tenants of a run in one transaction, with the digest of the text, so a run that was cut off anywhere leaves the old
rows or the new ones. The file is never replaced, because the daemon holds it open. A PIN set by phone is the user's:
Asterisk writes it into the row, a trigger keeps it aside, and later rows take it from there.

Beside them stands whose telephones show which mailboxes (the tenant's waiting.json): what a telephone subscribes to is
to Asterisk the name of an AOR with mailboxes, one that nothing else uses.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

DATABASE = Path("/var/lib/asterisk/pbx-mailboxes.sqlite3")
"""In a folder of the daemon's own: SQLite writes its journal beside it."""

SECONDS = 30.0
"""How long we wait for the daemon or another run to finish writing."""

# The columns of `voicemail` are those that Asterisk asks for; `uniqueid` it wants to see and does not use.
SCHEMA = """
CREATE TABLE IF NOT EXISTS voicemail (
    context TEXT, mailbox TEXT, password TEXT, fullname TEXT, email TEXT, pager TEXT, options TEXT, uniqueid INTEGER,
    PRIMARY KEY (context, mailbox)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS pins (context TEXT, mailbox TEXT, pin TEXT, PRIMARY KEY (context, mailbox)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS ps_aors (id TEXT PRIMARY KEY, mailboxes TEXT, voicemail_extension TEXT) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS loaded (context TEXT PRIMARY KEY, digest TEXT) WITHOUT ROWID;
CREATE TRIGGER IF NOT EXISTS set_by_phone AFTER UPDATE OF password ON voicemail BEGIN
    INSERT OR REPLACE INTO pins VALUES (new.context, new.mailbox, new.password);
END;
"""

INSERT = """
INSERT INTO voicemail SELECT :context, :mailbox, coalesce(
    (SELECT pin FROM pins WHERE context = :context AND mailbox = :mailbox), :password
), :fullname, :email, :pager, :options, NULL
"""

# A dot ends every slug and stands in none.
FORGET = "DELETE FROM ps_aors WHERE substr(id, 1, length(:slug) + 1) = :slug || '.'"

FIELDS = ("password", "fullname", "email", "pager", "options")


class Texts(NamedTuple):
    """What a tenant's bundle says of its mailboxes; empty where it has no such file."""

    boxes: str = ""
    waiting: str = ""


def read(home: Path) -> Texts:
    """The texts of a tenant whose files lie in this folder."""
    found = (home / "voicemail.conf", home / "waiting.json")
    return Texts(*(path.read_text(encoding="utf-8") if path.is_file() else "" for path in found))


def rows(slug: str, text: str) -> Iterator[dict[str, str]]:
    """The mailboxes of one tenant's voicemail.conf; a section other than the tenant's own is refused."""
    for line in text.splitlines():
        if line.startswith("["):
            if line != f"[{slug}]":
                raise ValueError(f"{slug}/voicemail.conf has the section {line}, which is not the tenant's")
            continue
        box, arrow, value = line.partition(" => ")
        if not arrow:
            raise ValueError(f"{slug}/voicemail.conf has a line that is no mailbox: {line[:80]}")
        fields = (*value.replace("\\;", ";").split(",", len(FIELDS) - 1), *[""] * len(FIELDS))
        yield {"context": slug, "mailbox": box, **dict(zip(FIELDS, fields, strict=False))}


def lamps(slug: str, text: str) -> Iterator[tuple[str, str, str]]:
    """Name to subscribe to, mailboxes, what opens them; a name or a mailbox that is another tenant's is refused."""
    for name, facts in json.loads(text or "{}").items():
        if not name.startswith(f"{slug}.") or not all(each.endswith(f"@{slug}") for each in facts["mailboxes"]):
            raise ValueError(f"{slug}/waiting.json names {name}, which is not the tenant's")
        yield name, ",".join(facts["mailboxes"]), facts["listen"]


def digest(texts: Texts) -> str:
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()


def lay(texts: Mapping[str, Texts]) -> int:
    """Makes the table hold what the texts of these tenants say, an empty one for none; how many it held otherwise."""
    with _database() as database:
        database.execute("BEGIN IMMEDIATE")
        late = _late(database, texts)
        for slug in late:
            database.execute("DELETE FROM voicemail WHERE context = ?", (slug,))
            database.execute("DELETE FROM loaded WHERE context = ?", (slug,))
            database.execute(FORGET, {"slug": slug})
            database.executemany(INSERT, rows(slug, texts[slug].boxes))
            database.executemany("INSERT INTO ps_aors VALUES (?, ?, ?)", lamps(slug, texts[slug].waiting))
            if any(texts[slug]):
                database.execute("INSERT INTO loaded VALUES (?, ?)", (slug, digest(texts[slug])))
        database.execute("COMMIT")
    return len(late)


def doubt(slugs: Iterable[str]) -> None:
    """Lets the next `lay` write the rows of these tenants anew: somebody may have changed them by hand."""
    with _database() as database:
        database.executemany("UPDATE loaded SET digest = '' WHERE context = ?", [(each,) for each in slugs])


def late(texts: Mapping[str, Texts]) -> list[str]:
    """The tenants whose mailboxes the table does not hold as these texts say."""
    if not DATABASE.exists():
        return [slug for slug, text in texts.items() if any(text)]
    with _database() as database:
        return _late(database, texts)


def _late(database: sqlite3.Connection, texts: Mapping[str, Texts]) -> list[str]:
    held = dict(database.execute("SELECT context, digest FROM loaded"))
    return [slug for slug, text in texts.items() if held.get(slug, digest(Texts())) != digest(text)]


@contextlib.contextmanager
def _database() -> Iterator[sqlite3.Connection]:
    """The table's file, made where there is none; it belongs to whom its folder belongs to, the daemon.

    In a pod who makes it is the daemon's own user, and the folder the cluster's."""
    owner = DATABASE.parent.stat()
    with contextlib.closing(sqlite3.connect(str(DATABASE), timeout=SECONDS, isolation_level=None)) as database:
        if not os.geteuid():
            os.chown(DATABASE, owner.st_uid, owner.st_gid)
        DATABASE.chmod(0o640)
        # Nothing is written before the end of a transaction, so the daemon reads on meanwhile.
        database.execute("PRAGMA cache_spill = OFF")
        database.executescript(SCHEMA)
        yield database
