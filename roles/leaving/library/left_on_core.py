#!/usr/bin/python3
"""Ansible module: what users of a tenant left on a core node goes, after the tenant's files are gone.

Messages and their texts, greetings, recordings, prompts, contact books, bookings, logs of calls, notices that wait,
what Asterisk's database keeps, and the tenant's lines in logs. A line is overwritten where it stands and keeps its
length, because daemons append to these files and followers remember places in them. A second run changes nothing. Not
for the system's journal.
"""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from ansible.module_utils import pbx_mailboxes as mailboxes
from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.pbx_asterisk import Refused, alone, ask
from ansible.module_utils.pbx_lines import scrub, word

SLUG = re.compile(r"[a-z][a-z0-9-]{0,39}")
SPOOL = Path("/var/spool/asterisk")
TRANSCRIPTS = "/var/lib/pbx-transcripts"
FOLDERS = ("voicemail", "recordings", "recordings/.open", "prompts", "activities", "bookings")
"""Below the spool: each has a folder for each tenant."""
CONTACTS = "/var/lib/pbx-contacts"
NOTICES = Path("/var/lib/private/pbx-notices")
FILES = (
    *("/var/lib/pbx-calls/{}.sqlite3*", "/var/lib/pbx-calendars/{}.json", "/var/spool/asterisk/pbx-fax/{}[._]*"),
    *(f"{CONTACTS}/collection-root/{{}}", f"{CONTACTS}/collection-root/{{}}.*", f"{CONTACTS}/left/{{}}"),
    *(f"{NOTICES}/bookings/{{}}.json", f"{TRANSCRIPTS}/{{}}"),
)
NAMES = Path("/var/lib/asterisk/pbx-names.sqlite3")
OPEN_CALLS = Path("/var/lib/pbx-calls/open-calls.db")
NAMED = Path("/usr/share/asterisk/sounds")
LOGS = Path("/var/log/asterisk")
KEY = re.compile(r"^(?P<key>/\S.*?)\s*: ", re.MULTILINE)
"""An entry as `database show` shows it; a long key ends at its colon."""


def files(slug: str) -> Iterator[Path]:
    """Everything that is the tenant's alone."""
    for folder in FOLDERS:
        if (SPOOL / folder / slug).is_dir():
            yield SPOOL / folder / slug
    for pattern in FILES:
        path = Path(pattern.format(slug))
        yield from path.parent.glob(path.name)
    for path in NOTICES.glob("*/*.json"):
        try:
            message = json.loads(path.read_bytes())
        except ValueError:
            continue
        if isinstance(message, dict) and message.get("tenant") == slug:
            yield path
            if message.get("file") and (path.parent / message["file"]).is_file():
                yield path.parent / message["file"]
    for link in NAMED.rglob("*.wav"):
        if link.is_symlink() and link.readlink().is_relative_to(SPOOL / "prompts" / slug):
            yield link


def entries(slug: str) -> list[str]:
    """Keys of Asterisk's database that name the tenant."""
    named = word(slug)
    return [key for key in KEY.findall(ask("database show")) if named.search(key.encode())]


def forget_entries(keys: list[str]) -> None:
    for key in keys:
        family, _, name = key[1:].partition("/")
        if family == "pbx":
            ask(f"database deltree pbx/{name.partition('/')[0]}")
        else:
            family, _, name = key[1:].rpartition("/")
            ask(f"database del {family} {name}")


BOXES = (
    "DELETE FROM pins WHERE context = :slug",
    "DELETE FROM voicemail WHERE context = :slug",
    "DELETE FROM loaded WHERE context = :slug",
    mailboxes.FORGET,
)


def rows(path: Path, slug: str, commands: tuple[str, ...]) -> bool:
    """Deletes rows, from the file too; whether there were any."""
    if not path.exists():
        return False
    database = sqlite3.connect(path, timeout=mailboxes.SECONDS)
    try:
        database.execute("PRAGMA secure_delete = ON")
        with database:
            return sum(database.execute(each, {"slug": slug}).rowcount for each in commands) > 0
    finally:
        database.close()


def apply(slug: str, check_mode: bool) -> list[str]:
    """What was taken away, in words."""
    done = []
    for path in sorted(set(files(slug))):
        done.append(str(path))
        if not check_mode:
            shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink(missing_ok=True)
    keys = entries(slug)
    if keys:
        done.append(f"{len(keys)} entries of Asterisk's database")
        if not check_mode:
            forget_entries(keys)
    if not check_mode:
        if rows(mailboxes.DATABASE, slug, BOXES):
            done.append("rows of mailboxes")
        if rows(OPEN_CALLS, slug, ("DELETE FROM rows WHERE instr(line, '\"' || :slug || '.')",)):
            done.append("rows of calls")
        if rows(NAMES, slug, ("DELETE FROM names WHERE substr(id, 1, length(:slug) + 1) = :slug || '.'",)):
            done.append("names of callers")
    named = word(slug)
    for path in sorted(each for each in LOGS.rglob("*") if each.is_file()):
        if scrub(path, named, check_mode):
            done.append(f"lines of {path}")
    return done


def main() -> None:
    module = AnsibleModule(argument_spec={"slug": {"type": "str", "required": True}}, supports_check_mode=True)
    slug = module.params["slug"]
    if not SLUG.fullmatch(slug):
        module.fail_json(msg=f"{slug!r} is no tenant")
    if (Path("/etc/asterisk/pbx/tenants") / slug).exists():
        module.fail_json(msg=f"{slug} lives on this node: what its users have stays as long as it does")
    try:
        with alone():
            done = apply(slug, module.check_mode)
    except Refused as error:
        module.fail_json(msg=str(error))
    module.exit_json(changed=bool(done), done=done)


if __name__ == "__main__":
    main()
