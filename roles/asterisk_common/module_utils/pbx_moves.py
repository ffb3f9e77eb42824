"""What users live with on a core node, carried over where a thing of theirs has another name (the bundle's moves.json).

Each move may be made any number of times: it takes what still lies under the old name and leaves nothing there. So it
is made before the daemon reads the new files, once more afterwards for what came in between, and again by whatever
repeats a run that was cut off. Made backwards it takes everything back. What lies under both names becomes one:
messages stand behind each other, of settings and greetings the old name's win, which were in use last.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path

from ansible.module_utils import pbx_bookings as bookings
from ansible.module_utils import pbx_mailboxes as mailboxes
from ansible.module_utils import pbx_tenants as tenants
from ansible.module_utils.pbx_asterisk import Refused, ask, read_json
from ansible.module_utils.pbx_carried import book, change, files, mailbox

SPOOL = Path("/var/spool/asterisk")
CALLS = Path("/var/lib/pbx-calls")
BOOKS = Path("/var/lib/pbx-contacts/collection-root")
"""Of the CardDAV server: a folder for each user, `<tenant>.<user>`, whose own book lies in `personal`."""
ENTRY = re.compile(r"^(/.*?)\s*: (.*?)\s*$", re.MULTILINE)
"""An entry as `database show` shows it."""

LIGHTS = "CustomDevstate"
"""The family in which Asterisk keeps custom device states."""

MEMBERS = "Queue/PersistentMembers"
"""The family in which Asterisk keeps who is in each queue."""

Move = dict
"""`kind`, `old`, `new`, and `lights`, pairs of old and new names."""

TENANT = "tenant"
"""The kind of a move of the tenant itself. Those of its things are made under its name of now."""

SETTLED = "followed-by"
"""The entry below the family of a name that a tenant had, once its daemon was seen to run the new one."""

PROMISES = ("call-back/", "call-backs/")
"""Beginnings of keys that are a call which somebody waits for: kept twice, it would be made twice."""

OF_USER = ("activity", "call-waiting", "desk", "guest", "mailbox", "pin-wrong", "rings", "spend")
"""Beginnings of keys that end with a user's name."""

BOXES = {"user": ("{}", "pin.{}", "calls.{}"), "voicemail": ("{}",), "schedule": ("pin.{}",)}
"""Mailboxes by kind whose PIN may have been set by phone: those with a dot keep a PIN and nothing else."""


def read(home: Path) -> list[Move]:
    """The moves of a tenant whose files lie in this folder."""
    return list(read_json(home / "moves.json").get("moves", ()))


def backwards(moves: Iterable[Move]) -> list[Move]:
    """Of things alone; of the tenant itself `follow` the other way."""
    return [
        {
            "kind": each["kind"],
            "old": each["new"],
            "new": each["old"],
            "lights": [pair[::-1] for pair in each["lights"]],
        }
        for each in reversed(list(moves))
        if each["kind"] != TENANT
    ]


def carry(slug: str, moves: Iterable[Move], *, last: bool = False) -> None:
    """Raises Refused where something cannot be carried over; the rest is carried by the next run.

    `last` is said when the names that the tenant had are gone.
    """
    moves = list(moves)
    for old in formerly(moves):
        follow(old, slug, last=last)
    entries = dict(shown(f"pbx/{slug}")) if moves else {}
    lights = dict(shown(LIGHTS)) if any(each["lights"] for each in moves) else {}
    for move in moves:
        if move["kind"] == TENANT:
            continue
        try:
            _folders(slug, move)
            _rows(slug, move)
        except (OSError, sqlite3.Error) as error:
            words = f"{move['kind']}:{move['old']} → {move['new']}"
            raise Refused(f"what users of {slug} live with does not follow {words}: {error}") from error
        _entries(slug, move, entries)
        for old, new in move["lights"]:
            _light(old, new, lights)


def formerly(moves: Iterable[Move]) -> list[str]:
    """What a tenant was called, the earliest name first."""
    return [each["old"] for each in moves if each["kind"] == TENANT]


def heirs(gone: Iterable[str], there: Iterable[Path]) -> dict[str, list[Move]]:
    """Slug → its moves, of those tenants whose files lie in these folders and that were called as those who go."""
    gone = set(gone)
    found = {home.name: read(home) for home in there if home.is_dir() and not home.name.startswith(".")}
    return {slug: each for slug, each in found.items() if slug not in gone and gone.intersection(formerly(each))}


def inherit(gone: set[str], there: Iterable[Path]) -> None:
    """What is left of tenants that are gone goes to those who were called so; `there` are the folders of all."""
    found = heirs(gone, there)
    for slug, each in found.items():
        carry(slug, each, last=True)
        stand(slug, each)
    if found:
        forget_queues(gone)


def still_there(renamed: dict[str, list[Move]], live: Path) -> Iterator[tuple[str, str]]:
    """Tenants, and the latest of their earlier names under which something still lives in this folder."""
    for slug, each in renamed.items():
        if names := [old for old in formerly(each) if (live / old).is_symlink()]:
            yield slug, names[-1]


def follow(old: str, new: str, *, last: bool) -> None:
    """What lies under the name that a tenant had: folders, tables, and what Asterisk's database keeps.

    Until the `last` time calls still come in under the old name, so settings, prompts and lights stay there too. After
    it was `settled`, settings are those under the new name, and promises alone still follow.
    """
    try:
        tenants.carry(old, new, last=last)
    except (OSError, sqlite3.Error) as error:
        raise Refused(f"what users of {old} live with does not follow to {new}: {error}") from error
    entries, there = dict(shown(f"pbx/{old}")), dict(shown(f"pbx/{new}"))
    for key, value in entries.items():
        if there.get(key) != value and (SETTLED not in entries or key.startswith(PROMISES)):
            ask(f"database put pbx/{new} {key} {quoted(value)}")
        if last:
            ask(f"database del pbx/{old} {key}")
    lights = dict(shown(LIGHTS))
    for light, state in lights.items():
        owner, _, rest = light.partition(".")
        # The state of a line and of a parking slot ends with the call that it tells of.
        if owner == old.replace("-", "_") and "." in rest and not rest.startswith("parking."):
            there_too = f"{new.replace('-', '_')}.{rest}"
            if lights.get(there_too) != state and SETTLED not in entries:
                ask(f"devstate change Custom:{there_too} {state}")
            if last:
                ask(f"database del {LIGHTS} {light}")


def settled(slug: str, moves: Iterable[Move]) -> None:
    """From now on what is set under the new name counts, and what was promised is kept there."""
    for old in formerly(moves):
        entries = [key for key, _ in shown(f"pbx/{old}")]
        for key in entries:
            if key.startswith(PROMISES):
                ask(f"database del pbx/{old} {key}")
        if entries:
            ask(f"database put pbx/{old} {SETTLED} {quoted(slug)}")


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


def _rows(slug: str, move: Move) -> None:
    kind, old, new = move["kind"], move["old"], move["new"]
    given = {"slug": slug, "kind": kind, "old": old, "new": new, "from": f"{kind}:{old}", "to": f"{kind}:{new}"}
    calls = ['UPDATE calls SET "to" = :to WHERE "to" = :from']
    recordings = []
    for box in BOXES.get(kind, ()):
        pin = "UPDATE OR REPLACE pins SET mailbox = :new WHERE context = :slug AND mailbox = :old"
        change(mailboxes.DATABASE, (pin,), {**given, "old": box.format(old), "new": box.format(new)})
    if kind == "user":
        calls += [f"UPDATE OR REPLACE calls SET {each} = :new WHERE {each} = :old" for each in ('"user"', '"by"')]
        calls.append("UPDATE calls SET \"to\" = 'voicemail:' || :new WHERE \"to\" = 'voicemail:' || :old")
        recordings.append("UPDATE recording SET user = :new WHERE user = :old")
        recordings.append("UPDATE recording SET name = :new WHERE name = :old AND reason IN ('user', 'on-demand')")
    if kind in ("queue", "conference"):
        recordings.append("UPDATE recording SET name = :new WHERE name = :old AND reason = :kind")
    change(CALLS / f"{slug}.sqlite3", calls, given)
    change(SPOOL / "recordings" / slug / "index.sqlite3", recordings, given)


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
    owners = {slug, *formerly(moves)}
    found = []
    for key, value in shown(MEMBERS) if moves else ():
        owner, _, queue = key.partition(".")
        for fields in (each.split(";") for each in value.split("|")):
            if owner not in owners or len(fields) < 4 or fields[2] != "1":
                continue
            then = queue, fields[3]
            for each in moves:
                then = tuple(
                    each["new"] if (each["kind"], name) == (kind, each["old"]) else name
                    for kind, name in zip(("queue", "user"), then, strict=True)
                )
            if then != (queue, fields[3]) or owner != slug:
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


def forget_queues(slugs: Iterable[str]) -> None:
    """What Asterisk keeps of the members of queues of tenants that are gone."""
    gone = set(slugs)
    for key, _ in list(shown(MEMBERS)):
        if key.partition(".")[0] in gone:
            ask(f"database del {MEMBERS} {key}")


def stand(slug: str, moves: Iterable[Move]) -> None:
    """Callers who were promised a call-back stand in the renamed queue: what stands for them in the old one is ended,
    and begun anew as after a start of the daemon (`roles/asterisk/files/resume_call_backs.py`)."""
    moves = list(moves)
    queues = {each["old"]: each["new"] for each in moves if each["kind"] == "queue"}
    former = formerly(moves)
    if not queues and not former:
        return
    channels = [line.partition("!")[0] for line in ask("core show channels concise").splitlines()]
    ends = [f"@{slug}.queue.{old}.back-" for old in queues] + [f"@{old}.queue." for old in former]
    for end in ends:
        for each in channels:
            if end in each and ".back-" in each:
                ask(f"channel request hangup {each}")
    for key, value in list(shown(f"pbx/{slug}")):
        family, _, promise = key.partition("/")
        queue = value.partition("&")[0]
        waiting = f"Local/{promise}@{slug}.queue.{queue}.back"
        if (
            family == "call-back"
            and (former or queue in queues.values())
            and not any(f"{waiting}-" in each for each in channels)
        ):
            ask(f"channel originate {waiting}/n extension {promise}@{slug}.callback")
