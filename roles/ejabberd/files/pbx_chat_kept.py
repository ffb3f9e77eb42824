"""What the users of a tenant have in chat, on the machine that carries it: how much of files, and all for an export.

Reads the tenant's database and the folder of files, and asks no daemon, so it works while none runs. Passwords are in
no export. `pbx_chat_kept.py usage SLUG` prints JSON; `pbx_chat_kept.py export SLUG FOLDER` makes the folder.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

SPOOL = Path("/var/lib/pbx-chat")
QUOTA = re.compile(r'\{<<"([^"]+)">>, (\d+)\}')


class Kept:
    """One tenant's. Raises FileNotFoundError where it has no chat here."""

    def __init__(self, slug: str, spool: Path) -> None:
        self.spool = spool
        self.database = spool / f"{slug}.sqlite3"
        self.note: dict[str, Any] = json.loads((spool / f"{slug}.json").read_text())
        self.domain: str = self.note["domain"]

    def rows(self, query: str, *values: str) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True, timeout=60)) as database:
            return database.execute(query, values).fetchall()

    def users(self) -> list[str]:
        return [user for (user,) in self.rows("SELECT username FROM users ORDER BY username")]

    def folder(self, user: str) -> Path:
        """Where ejabberd keeps a user's files: the hash of her address is a part of theirs."""
        hashed = hashlib.sha1(f"{user}@{self.domain}".encode(), usedforsecurity=False).hexdigest()
        return self.spool / "files" / self.domain / hashed

    def usage(self) -> Iterator[dict[str, Any]]:
        """Of each user: files, bytes, quota in bytes, and when the oldest file was sent."""
        file = self.spool / "quotas" / self.domain
        quotas = dict(QUOTA.findall(file.read_text())) if file.exists() else {}
        for user in self.users():
            known = [each.stat() for each in self.folder(user).rglob("*") if each.is_file()]
            oldest = min((each.st_mtime for each in known), default=None)
            yield {
                "account": user,
                "files": len(known),
                "bytes": sum(each.st_size for each in known),
                "quota": int(quotas.get(user, 0)),
                "oldest": datetime.fromtimestamp(oldest, UTC).isoformat() if oldest else None,
            }

    def export(self, folder: Path, user: str = "") -> None:
        """Messages, cards and contacts of all users with the rooms, or of one with her files."""
        folder.mkdir(mode=0o700, parents=True)
        owners = [user] if user else sorted({owner for (owner,) in self.rows("SELECT username FROM archive")})
        for owner in owners:
            lines = [json.dumps(each, ensure_ascii=False) for each in self.messages(owner)]
            if lines:
                write(folder / "messages" / f"{owner}.jsonl", "\n".join(lines) + "\n")
        people = [self.person(each) for each in ([user] if user else self.users())]
        write(folder / "people.json", json.dumps(people, ensure_ascii=False, indent=1))
        if user:
            if self.folder(user).is_dir():
                shutil.copytree(self.folder(user), folder / "files")
            return
        rooms = self.rows("SELECT name, host, opts FROM muc_room ORDER BY name")
        told = [{"room": f"{name}@{host}", "options": options} for name, host, options in rooms]
        write(folder / "rooms.json", json.dumps(told, ensure_ascii=False, indent=1))

    def messages(self, owner: str) -> Iterator[dict[str, Any]]:
        """Of a user's archive, or a room's; `stanza` is what was sent, for what is encrypted has no text."""
        query = "SELECT timestamp, peer, nick, txt, xml FROM archive WHERE username = ? ORDER BY timestamp"
        for at, peer, nick, text, stanza in self.rows(query, owner):
            when = datetime.fromtimestamp(at / 1_000_000, UTC).isoformat()
            yield {"at": when, "with": peer, "nick": nick, "text": text, "stanza": stanza}

    def person(self, user: str) -> dict[str, Any]:
        cards = self.rows("SELECT vcard FROM vcard WHERE username = ?", user)
        contacts = self.rows("SELECT jid, nick FROM rosterusers WHERE username = ? ORDER BY jid", user)
        return {
            "account": f"{user}@{self.domain}",
            "card": cards[0][0] if cards else None,
            "contacts": [{"address": jid, "name": nick} for jid, nick in contacts],
            "files": self.folder(user).name,
        }


def write(path: Path, text: str) -> None:
    path.parent.mkdir(mode=0o700, exist_ok=True)
    path.touch(mode=0o600)
    path.write_text(text)


def main(verb: str, slug: str, *rest: str) -> int:
    try:
        kept = Kept(slug, SPOOL)
    except FileNotFoundError:
        print("[]")
        return 0
    if verb == "usage":
        print(json.dumps(list(kept.usage())))
    else:
        kept.export(Path(rest[0]))
        print(json.dumps([kept.domain]))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
