"""Names that users gave callers in their own contact books, in a table that the dialplan asks as a call comes in.

Books are the CardDAV server's; one that has changed is read again within seconds, whoever changed it. A row is one
number of one user, `<tenant>.<user>/<number>`, so that a call waits for one look by key. Numbers are written as people
write them: the tenant's numbering plan makes them international. Not for the tenant's own contacts: these stand in the
dialplan itself.
"""

from __future__ import annotations

import json
import re
import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, NamedTuple

import vobject

BOOKS = Path("/var/lib/pbx-contacts/collection-root")
TENANTS = Path("/etc/asterisk/pbx/tenants")
DATABASE = Path("/var/lib/asterisk/pbx-names.sqlite3")
SCHEMA = "CREATE TABLE IF NOT EXISTS names (id TEXT PRIMARY KEY, name TEXT) WITHOUT ROWID"
FORGET = "DELETE FROM names WHERE substr(id, 1, length(:book) + 1) = :book || '/'"
EVERY = 3.0
"""Seconds between two looks."""
SETTLED = 100_000_000
"""Nanoseconds after which a folder's time tells every change of it."""
CARDS, LONGEST, SHOWN = 10_000, 524_288, 80
"""Cards of a book, bytes of a card and characters of a name at most."""
HOME = re.compile(r"([a-z][a-z0-9-]*)\.([a-z][a-z0-9-]*)")


class State(NamedTuple):
    """What a book and its tenant's bundle were when they were read."""

    book: int
    tenant: int


def international(written: str, plan: Mapping[str, str]) -> str:
    """A number as a call bears it, or nothing where it is an extension or none at all."""
    digits = re.sub(r"[^0-9+]", "", written.replace("(0)", ""))
    code, national, abroad = plan["calling_code"], plan["national_prefix"], plan["international_prefix"]
    if abroad and digits.startswith(abroad):
        digits = f"+{digits.removeprefix(abroad)}"
    elif code and not digits.startswith("+") and digits.startswith(national):
        digits = f"+{code}{digits.removeprefix(national)}"
    return digits if re.fullmatch(r"\+[0-9]{7,15}", digits) else ""


def names(folder: Path, plan: Mapping[str, str]) -> dict[str, str]:
    """Number → name; where two cards have a number, the first by its file's name."""
    found: dict[str, str] = {}
    for path in sorted(each for each in folder.iterdir() if not each.name.startswith("."))[:CARDS]:
        if not path.is_file() or path.stat().st_size > LONGEST:
            continue
        # A card that nobody understands names nobody.
        with suppress(Exception):
            for name, number in _card(path.read_text()):
                if known := international(number, plan):
                    found.setdefault(known, name)
    return found


def _card(text: str) -> Iterator[tuple[str, str]]:
    for card in vobject.readComponents(text):
        name = "".join(each for each in " ".join(card.fn.value.split()) if each.isprintable())[:SHOWN]
        for line in card.contents.get("tel", ()) if name else ():
            yield name, line.value.removeprefix("tel:")


class Keeper:
    """Keeps the table as the books are; `look` is one round and says how many books it read."""

    def __init__(self, books: Path = BOOKS, tenants: Path = TENANTS, database: Path = DATABASE) -> None:
        self._books, self._tenants = books, tenants
        self._read: dict[str, State] = {}
        self._database = sqlite3.connect(str(database), timeout=30, isolation_level=None)
        database.chmod(0o640)  # Asterisk makes it for everybody
        self._database.execute("PRAGMA secure_delete = ON")
        self._database.execute(SCHEMA)

    def close(self) -> None:
        self._database.close()

    def look(self) -> int:
        homes = (each for each in self._books.glob("*.*") if HOME.fullmatch(each.name))
        there = {each.name: each / "personal" for each in homes if (each / "personal").is_dir()}
        rows = self._database.execute("SELECT DISTINCT substr(id, 1, instr(id, '/') - 1) FROM names")
        for gone in {*(book for (book,) in rows), *self._read} - there.keys():
            self._write(gone, {})
            self._read.pop(gone, None)
        plans: dict[str, tuple[int, dict[str, str] | None]] = {}
        return sum(self._one(book, folder, plans) for book, folder in sorted(there.items()))

    def _one(self, book: str, folder: Path, plans: dict[str, tuple[int, dict[str, str] | None]]) -> bool:
        slug = book.partition(".")[0]
        if slug not in plans:
            plans[slug] = self._plan(slug)
        changed, plan = plans[slug]
        try:
            state = State(folder.stat().st_mtime_ns, changed)
            if self._read.get(book) == state:
                return False
            self._write(book, names(folder, plan) if plan else {})
        except OSError:
            return False  # it is being taken away: the next look finds it gone
        if time.time_ns() - state.book > SETTLED:
            self._read[book] = state
        return True

    def _plan(self, slug: str) -> tuple[int, dict[str, str] | None]:
        """When the tenant's bundle was written, and how its numbers are; none where it has no contact book."""
        path = self._tenants / slug / "people.json"
        try:
            said: Any = json.loads(path.read_bytes())
            return path.stat().st_mtime_ns, said["tenant"].get("book")
        except (OSError, ValueError):
            return 0, None

    def _write(self, book: str, found: Mapping[str, str]) -> None:
        with closing(self._database.cursor()) as cursor:
            cursor.execute("BEGIN IMMEDIATE")
            cursor.execute(FORGET, {"book": book})
            rows = [(f"{book}/{number}", name) for number, name in found.items()]
            cursor.executemany("INSERT INTO names VALUES (?, ?)", rows)
            cursor.execute("COMMIT")


def main() -> None:
    keeper = Keeper()
    while True:
        keeper.look()
        time.sleep(EVERY)


if __name__ == "__main__":
    main()
