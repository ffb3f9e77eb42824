"""What users live with on a core node, carried over where a thing of theirs has another name (the bundle's moves.json).

Each move may be made any number of times: it takes what still lies under the old name and leaves nothing there. So it
is made before the daemon reads the new files, once more afterwards for what came in between, and again by whatever
repeats a run that was cut off. Made backwards it takes everything back. What lies under both names becomes one:
messages stand behind each other, of settings and greetings the old name's win, which were in use last.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import shutil
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path

from ansible.module_utils import pbx_bookings as bookings
from ansible.module_utils import pbx_mailboxes as mailboxes
from ansible.module_utils.pbx_asterisk import Refused, ask, read_json

SPOOL = Path("/var/spool/asterisk")
CALLS = Path("/var/lib/pbx-calls")
BOOKS = Path("/var/lib/pbx-contacts/collection-root")
"""Of the CardDAV server: a folder for each user, `<tenant>.<user>`, whose own book lies in `personal`."""
SECONDS = 30.0
ENTRY = re.compile(r"^(/.*?)\s*: (.*?)\s*$", re.MULTILINE)
"""An entry as `database show` shows it."""
MESSAGE = re.compile(r"msg(\d{4})\.txt")
COMING = re.compile(r"msg\d{4}\.[^.]+")

LIGHTS = "CustomDevstate"
"""The family in which Asterisk keeps custom device states."""

MEMBERS = "Queue/PersistentMembers"
"""The family in which Asterisk keeps who is in each queue."""

Move = dict
"""`kind`, `old`, `new`, and `lights`, pairs of old and new names."""

OF_USER = ("activity", "call-waiting", "desk", "guest", "mailbox", "pin-wrong", "rings", "spend")
"""Beginnings of keys that end with a user's name."""

BOXES = {"user": ("{}", "pin.{}", "calls.{}"), "voicemail": ("{}",), "schedule": ("pin.{}",)}
"""Mailboxes by kind whose PIN may have been set by phone: those with a dot keep a PIN and nothing else."""


def read(home: Path) -> list[Move]:
    """The moves of a tenant whose files lie in this folder."""
    return list(read_json(home / "moves.json").get("moves", ()))


def backwards(moves: Iterable[Move]) -> list[Move]:
    return [
        {
            "kind": each["kind"],
            "old": each["new"],
            "new": each["old"],
            "lights": [pair[::-1] for pair in each["lights"]],
        }
        for each in reversed(list(moves))
    ]


def carry(slug: str, moves: Iterable[Move]) -> None:
    """Raises Refused where something cannot be carried over; the rest is carried by the next run."""
    moves = list(moves)
    entries = dict(shown(f"pbx/{slug}")) if moves else {}
    lights = dict(shown(LIGHTS)) if any(each["lights"] for each in moves) else {}
    for move in moves:
        try:
            _folders(slug, move)
            _rows(slug, move)
        except (OSError, sqlite3.Error) as error:
            words = f"{move['kind']}:{move['old']} → {move['new']}"
            raise Refused(f"what users of {slug} live with does not follow {words}: {error}") from error
        _entries(slug, move, entries)
        for old, new in move["lights"]:
            _light(old, new, lights)


def _folders(slug: str, move: Move) -> None:
    kind, old, new = move["kind"], move["old"], move["new"]
    if kind in ("user", "voicemail"):
        mailbox(SPOOL / "voicemail" / slug / old, SPOOL / "voicemail" / slug / new)
    if kind == "user":
        files(SPOOL / "activities" / slug / old, SPOOL / "activities" / slug / new)
        book(BOOKS / f"{slug}.{old}", BOOKS / f"{slug}.{new}")
    if kind in ("user", "conference"):
        bookings.carry(SPOOL / "bookings" / slug, kind, old, new)
    if kind == "prompt":
        files(SPOOL / "prompts" / slug / old, SPOOL / "prompts" / slug / new)
    if kind == "activity":
        for path in (SPOOL / "activities" / slug).glob(f"*/{old}.*"):
            path.replace(path.with_name(f"{new}{path.suffix}"))


def book(old: Path, new: Path) -> None:
    """Her own cards; under the new name there may be a book already, which the server has shown to nobody for long."""
    if not old.is_dir():
        return
    if not new.exists():
        old.rename(new)
        return
    shutil.rmtree(old / "personal/.Radicale.cache", ignore_errors=True)
    files(old, new)


def mailbox(old: Path, new: Path) -> None:
    """Messages keep their order, behind those that are there."""
    if not old.is_dir():
        return
    _no_link(old, new)
    if not new.exists():
        old.rename(new)
        return
    for folder in sorted(each for each in old.iterdir() if each.is_dir()):
        beside = new / folder.name
        _no_link(folder, beside)
        if not beside.exists():
            folder.rename(beside)
            continue
        for text in sorted(folder.glob("msg*.txt")):
            taken = [int(found[1]) for each in beside.iterdir() if (found := MESSAGE.fullmatch(each.name))]
            name = f"msg{max(taken, default=-1) + 1:04d}"
            sounds = [each for each in folder.glob(f"{text.stem}.*") if each != text]
            for each in (*sounds, text):  # the text last: with it the message is there
                each.replace(beside / f"{name}{each.suffix}")
    files(old, new)


def files(old: Path, new: Path) -> None:
    """A folder's files, without links, which lead to what was declared; the folder goes when it is empty.

    The sound of a message whose text is still to come stays for the next time.
    """
    if not old.is_dir():
        return
    _no_link(old)
    for path in (old, *sorted(old.rglob("*"))):
        target = new / path.relative_to(old)
        if path.is_dir() and not path.is_symlink():
            _like(path, target)
        elif not path.is_symlink() and not COMING.fullmatch(path.name):
            path.replace(target)
    for path in (*sorted(old.rglob("*"), reverse=True), old):
        if path.is_symlink():
            path.unlink()
        elif path.is_dir():
            with contextlib.suppress(OSError):
                path.rmdir()


def _no_link(*paths: Path) -> None:
    """The daemons own these folders, and root, who moves, would follow where they lead: into /etc, say."""
    for path in paths:
        if path.is_symlink():
            raise OSError(errno.ELOOP, f"{path} is a link, and no folder of users' own")


def _like(old: Path, new: Path) -> None:
    """A folder as the old one is."""
    _no_link(new)
    if not new.is_dir():
        found = old.stat()
        new.mkdir(mode=found.st_mode & 0o7777)
        os.chown(new, found.st_uid, found.st_gid)


def _rows(slug: str, move: Move) -> None:
    kind, old, new = move["kind"], move["old"], move["new"]
    given = {"slug": slug, "kind": kind, "old": old, "new": new, "from": f"{kind}:{old}", "to": f"{kind}:{new}"}
    calls = ['UPDATE calls SET "to" = :to WHERE "to" = :from']
    recordings = []
    for box in BOXES.get(kind, ()):
        pin = "UPDATE OR REPLACE pins SET mailbox = :new WHERE context = :slug AND mailbox = :old"
        _change(mailboxes.DATABASE, (pin,), {**given, "old": box.format(old), "new": box.format(new)})
    if kind == "user":
        calls += [f"UPDATE OR REPLACE calls SET {each} = :new WHERE {each} = :old" for each in ('"user"', '"by"')]
        calls.append("UPDATE calls SET \"to\" = 'voicemail:' || :new WHERE \"to\" = 'voicemail:' || :old")
        recordings.append("UPDATE recording SET user = :new WHERE user = :old")
        recordings.append("UPDATE recording SET name = :new WHERE name = :old AND reason IN ('user', 'on-demand')")
    if kind in ("queue", "conference"):
        recordings.append("UPDATE recording SET name = :new WHERE name = :old AND reason = :kind")
    _change(CALLS / f"{slug}.sqlite3", calls, given)
    _change(SPOOL / "recordings" / slug / "index.sqlite3", recordings, given)


def _change(path: Path, commands: Iterable[str], given: dict[str, str]) -> None:
    if not path.exists():
        return
    with contextlib.closing(sqlite3.connect(path, timeout=SECONDS)) as database, database:
        for command in commands:
            database.execute(command, given)


def _entries(slug: str, move: Move, entries: dict[str, str]) -> None:
    """`entries` is what the tenant's family holds, before and after."""
    family = f"pbx/{slug}"
    for key, value in list(entries.items()):
        there = renamed(move["kind"], move["old"], move["new"], key, value)
        if there != (key, value):
            ask(f"database put {family} {there[0]} {quoted(there[1])}")
            if there[0] != key:
                ask(f"database del {family} {key}")
                del entries[key]
            entries[there[0]] = there[1]


def shown(family: str) -> Iterator[tuple[str, str]]:
    """Keys below a family of Asterisk's database, and their values."""
    for key, value in ENTRY.findall(ask(f"database show {family}")):
        yield key.removeprefix(f"/{family}/"), value


def quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def renamed(kind: str, old: str, new: str, key: str, value: str) -> tuple[str, str]:
    """An entry below the tenant's family as it is under the new name."""
    steps = key.split("/")
    if kind == "user":
        for each in OF_USER:
            if key == f"{each}-{old}":
                key = f"{each}-{new}"
        if steps[0] == f"said-{old}":
            key = "/".join((f"said-{new}", *steps[1:]))
        if steps[0] == "agents" and steps[3:] == [old]:
            key = "/".join((*steps[:3], new))
        return key, _of_user(old, new, key, value)
    if kind in ("queue", "ring_group") and steps[:3] == ["agents", kind, old]:
        key = "/".join(("agents", kind, new, *steps[3:]))
    elif kind == "queue" and steps[0] == "call-back":
        value = _field(value, "&", 0, old, new)
    elif kind == "conference" and key == f"conference-wrong-{old}":
        key = f"conference-wrong-{new}"
    elif kind == "schedule" and key in (f"switch-{old}", f"until-{old}"):
        key = f"{key.partition('-')[0]}-{new}"
    elif kind == "activity" and steps[0].startswith("said-") and steps[1:] == [old]:
        key = f"{steps[0]}/{new}"
    elif kind == "activity" and key.startswith("activity-"):
        value = _field(value, ":", 0, old, new)
    elif kind == "call_back" and steps[0] == "call-backs":
        value = _field(value, " ", 0, old, new)
    return key, value


def _of_user(old: str, new: str, key: str, value: str) -> str:
    if key.startswith("desk-"):
        return _field(value, ":", 0, old, new)
    if key.startswith("guest-"):
        return new if value == old else value
    return _field(value, ":", 1, old, new) if key == "fraud-stop" else value


def _field(value: str, separator: str, place: int, old: str, new: str) -> str:
    fields = value.split(separator)
    if fields[place : place + 1] == [old]:
        fields[place] = new
    return separator.join(fields)


def _light(old: str, new: str, lights: dict[str, str]) -> None:
    """`lights` is what every light shows, before and after."""
    if old in lights:
        ask(f"devstate change Custom:{new} {lights[old]}")
        ask(f"database del {LIGHTS} {old}")
        lights[new] = lights.pop(old)


def pauses(slug: str, moves: Iterable[Move]) -> list[tuple[str, str]]:
    """Queue and member, under their new names, of everybody in a pause whom a move takes to another queue or name.

    Asterisk keeps the members of each queue itself: `interface;penalty;paused;name;…`, joined by `|`.
    """
    moves = list(moves)
    found = []
    for key, value in shown(MEMBERS) if moves else ():
        owner, _, queue = key.partition(".")
        for fields in (each.split(";") for each in value.split("|")):
            if owner != slug or len(fields) < 4 or fields[2] != "1":
                continue
            then = queue, fields[3]
            for each in moves:
                then = tuple(
                    each["new"] if (each["kind"], name) == (kind, each["old"]) else name
                    for kind, name in zip(("queue", "user"), then, strict=True)
                )
            if then != (queue, fields[3]):
                found.append(then)
    return found


def pause(slug: str, moves: Iterable[Move], paused: Iterable[tuple[str, str]]) -> None:
    """The dialplan does it, as for a member who pauses from the console. What Asterisk keeps of the members of a queue
    that is gone goes too: a later apply would let them pause again."""
    for queue, member in paused:
        ask(f"channel originate Local/*pause*{member}@{slug}.queue.{queue}.agents/n application NoOp")
    kept = {key for key, _ in shown(MEMBERS)}
    for queue in {f"{slug}.{each['old']}" for each in moves if each["kind"] == "queue"} & kept:
        ask(f"database del {MEMBERS} {queue}")


def stand(slug: str, moves: Iterable[Move]) -> None:
    """Callers who were promised a call-back stand in the renamed queue: what stands for them in the old one is ended,
    and begun anew as after a start of the daemon (`roles/asterisk/files/resume_call_backs.py`)."""
    queues = {each["old"]: each["new"] for each in moves if each["kind"] == "queue"}
    if not queues:
        return
    channels = [line.partition("!")[0] for line in ask("core show channels concise").splitlines()]
    for old in queues:
        for each in channels:
            if f"@{slug}.queue.{old}.back-" in each:
                ask(f"channel request hangup {each}")
    for key, value in list(shown(f"pbx/{slug}")):
        family, _, promise = key.partition("/")
        queue = value.partition("&")[0]
        waiting = f"Local/{promise}@{slug}.queue.{queue}.back"
        if family == "call-back" and queue in queues.values() and not any(f"{waiting}-" in each for each in channels):
            ask(f"channel originate {waiting}/n extension {promise}@{slug}.callback")
