"""A tenant under another name: its folders, files and tables on a core node follow, each whole or not yet.

What is there under both names becomes one. What Asterisk keeps in its own database is `pbx_moves`'s; what the CardDAV
server shows of the tenant's own book is laid down anew.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from ansible.module_utils import pbx_mailboxes as mailboxes
from ansible.module_utils.pbx_carried import book, change, files, like, mailbox, tables

SPOOL = Path("/var/spool/asterisk")
CALLS = Path("/var/lib/pbx-calls")
CONTACTS = Path("/var/lib/pbx-contacts")
CALENDARS = Path("/var/lib/pbx-calendars")
HEARD = ("prompts", "activities")
"""Below the spool: a folder for each tenant with sounds that callers hear as long as they reach the old name."""
KEPT = ("recording", "part", "access")
"""Tables of the index of recordings."""
PIN = "UPDATE OR REPLACE pins SET context = :new WHERE context = :old"


def carry(old: str, new: str, *, last: bool) -> None:
    """Raises OSError or sqlite3.Error where something cannot follow; the rest does when it is asked again."""
    home = SPOOL / "voicemail" / old
    for each in sorted(home.iterdir()) if home.is_dir() else ():
        like(home, SPOOL / "voicemail" / new)
        mailbox(each, SPOOL / "voicemail" / new / each.name)
    files(home, SPOOL / "voicemail" / new)
    for name in HEARD:
        heard(SPOOL / name / old, SPOOL / name / new, last=last)
    files(SPOOL / "bookings" / old, SPOOL / "bookings" / new)
    recordings(SPOOL / "recordings", old, new)
    for each in sorted((SPOOL / "pbx-fax").glob(f"{old}[._]*")):
        each.replace(each.with_name(f"{new}{each.name.removeprefix(old)}"))
    tables(CALLS / f"{old}.sqlite3", CALLS / f"{new}.sqlite3", ("calls",))
    if (CALENDARS / f"{old}.json").exists():
        (CALENDARS / f"{old}.json").replace(CALENDARS / f"{new}.json")
    for each in sorted((CONTACTS / "collection-root").glob(f"{old}.*")):
        there = each.with_name(f"{new}.{each.name.partition('.')[2]}")
        book(each, there)
        _led(there / "company", new)
    files(CONTACTS / "left" / old, CONTACTS / "left" / new)
    change(mailboxes.DATABASE, (PIN,), {"old": old, "new": new})


def heard(old: Path, new: Path, *, last: bool) -> None:
    """Sounds are in both places until the `last` time; what is there already under the new name is as old or newer."""
    for path in sorted(old.rglob("*")) if old.is_dir() else ():
        target = new / path.relative_to(old)
        if path.is_symlink() or not path.is_file():
            continue
        if not target.is_file() or target.is_symlink():
            for folder in reversed(list(path.relative_to(old).parents)):
                like(old / folder, new / folder)
            beside = target.with_name(f".moved-{target.name}")
            beside.unlink(missing_ok=True)
            os.link(path, beside)
            beside.replace(target)
        elif target.stat().st_mtime_ns < path.stat().st_mtime_ns:
            path.replace(target)
            if not last:
                os.link(target, path)
    if last:
        for path in sorted(old.rglob("*"), reverse=True) if old.is_dir() else ():
            path.rmdir() if path.is_dir() and not path.is_symlink() else path.unlink()
        if old.is_dir():
            old.rmdir()


def recordings(home: Path, old: str, new: str) -> None:
    """Parts that Asterisk still writes go on in their file, which the hourly sweep seals under the new name."""
    if not home.is_dir():
        return
    lock = os.open(home, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)  # as whoever seals a recording, `roles/asterisk/files/recordings.py`
        if (home / old).is_dir():
            like(home / old, home / new)
            tables(home / old / "index.sqlite3", home / new / "index.sqlite3", KEPT)
        files(home / old, home / new)
    finally:
        os.close(lock)
    files(home / ".open" / old, home / ".open" / new)


def _led(link: Path, slug: str) -> None:
    """Her book's link to the tenant's own."""
    if link.is_symlink() and link.readlink() != Path("..") / slug:
        fresh = link.with_name(".Radicale.new-company")
        fresh.unlink(missing_ok=True)
        fresh.symlink_to(Path("..") / slug)
        fresh.replace(link)
