"""Bookings of conferences: each letter once, and reminders when their time comes.

Each is a file that `pbx conference` wrote for a tenant, with every moment at which it begins and all words.
What was sent is noted after it lies in the spool, so that a crash in between sends a message again under its own name.
A booking that is long over is deleted: it names people.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from . import files
from .spool import Spool
from .words import Message, local

HOME = Path("/var/spool/asterisk/bookings")
EVERY = 2.0
"""Seconds between two looks."""
Key = tuple[str, str]
"""Tenant and id of a booking."""
KEPT = 30 * 24 * 3600
"""Seconds after its last end."""


class Bookings:
    """`round` does what is due. `notes` is the folder of what was sent, a file for each tenant."""

    def __init__(self, home: Path, notes: Path, spool: Spool, tell: Callable[[str], None]) -> None:
        self._home, self._notes, self._spool, self._tell = home, notes, spool, tell
        notes.mkdir(exist_ok=True)
        self._sent: dict[Key, dict[str, float]] = dict(self._noted())
        self._read: dict[Path, tuple[int, dict[str, Any]]] = {}
        self._stays: set[Path] = set()
        self._next = 0.0

    def round(self) -> None:
        now = time.time()
        if now < self._next:
            return
        self._next = now + EVERY
        found = dict(self._all())
        gone = self._sent.keys() - found.keys()
        fresh = found.keys() - self._sent.keys()
        # Where its tenant has another name now, what was sent was sent.
        known = {each[1]: self._sent[each] for each in gone}
        self._sent.update({key: known[key[1]] for key in fresh if key[1] in known})
        for key in gone:
            del self._sent[key]
        sent = {key for key, (path, facts) in found.items() if self._sends(key, path, facts, now)}
        for slug in {slug for slug, _ in gone | sent | fresh}:
            self._write(slug)

    def _write(self, slug: str) -> None:
        note, known = self._notes / f"{slug}.json", {key[1]: each for key, each in self._sent.items() if key[0] == slug}
        if known:
            files.write(note, json.dumps(known).encode())
        else:
            note.unlink(missing_ok=True)

    def _sends(self, key: Key, path: Path, booking: dict[str, Any], now: float) -> bool:
        """As `_send`; a booking that another version wrote or somebody spoilt stops no other tenant's notices."""
        try:
            return self._send(key, path, booking, now)
        except (AttributeError, LookupError, TypeError, ValueError) as error:
            self._tell(f"nothing is sent for {path} as it is: {type(error).__name__}: {error}")
            self._read[path] = (self._read[path][0], {})
            return False

    def _send(self, key: Key, path: Path, booking: dict[str, Any], now: float) -> bool:
        """Whether anything was put into the spool."""
        # What is due since it was booked, though it was seen later.
        begin = min([now, *(each["at"] for each in booking["letters"])])
        sent = self._sent.setdefault(key, {"sequence": -1, "looked": begin})
        letters = [each for each in booking["letters"] if each["sequence"] > sent["sequence"]]
        due = [] if booking["cancelled"] else list(_due(booking, min(sent["looked"], now), now))
        for each in letters:
            self._put(key, booking, each, f"{each['sequence']} {each['method']}")
        for moment, lead in due:
            at = {"time": local(moment, booking["zone"])}
            for each in booking["reminders"]:
                told = {**each, **{part: each[part].replace("{time}", at["time"]) for part in ("subject", "text")}}
                self._put(key, booking, told, f"{booking['sequence']} {moment} {lead}")
        sequence = max([sent["sequence"], *(each["sequence"] for each in letters)])
        self._sent[key] = {"sequence": sequence, "looked": now}
        if now > booking["moments"][-1] + booking["seconds"] + KEPT:
            self._delete(path)
        return bool(letters or due)

    def _delete(self, path: Path) -> None:
        """What cannot be deleted stays, and is told of once: other notices leave all the same."""
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            if path not in self._stays:
                self._tell(f"{path} is long over and cannot be deleted: {error.strerror}")
            self._stays.add(path)

    def _put(self, key: Key, booking: dict[str, Any], told: dict[str, Any], why: str) -> None:
        name = hashlib.sha256(f"{key} {why} {told['channel']} {told['to']}".encode()).hexdigest()[:20]
        message = Message(
            name, told["channel"], told["to"], booking["sender"], told["subject"], told["text"], time.time(),
            tenant=key[0], reply_to=booking["reply_to"], calendar=told.get("calendar", ""),
            method=told.get("method", ""),
        )  # fmt: skip
        self._spool.put(message)

    def _all(self) -> Iterator[tuple[Key, tuple[Path, dict[str, Any]]]]:
        """Read anew where a file is another than before."""
        there = sorted(self._home.glob("*/*.json"))
        for gone in self._read.keys() - set(there):
            del self._read[gone]
        for path in there:
            with contextlib.suppress(FileNotFoundError):
                stamp = path.stat().st_mtime_ns
                if path not in self._read or self._read[path][0] != stamp:
                    self._read[path] = (stamp, self._understood(path))
                if facts := self._read[path][1]:
                    yield (path.parent.name, path.stem), (path, facts)

    def _understood(self, path: Path) -> dict[str, Any]:
        """Nothing for what is no booking, of which is told once."""
        try:
            facts = json.loads(path.read_bytes())
            if isinstance(facts, dict) and all(
                key in facts for key in ("letters", "reminders", "moments", "remind", "zone", "sender")
            ):
                return facts
        except FileNotFoundError:
            raise
        except (OSError, ValueError):
            pass
        self._tell(f"{path} is no booking, and nothing is sent for it")
        return {}

    def _noted(self) -> Iterator[tuple[Key, dict[str, float]]]:
        for note in self._notes.glob("*.json"):
            try:
                yield from (((note.stem, id), sent) for id, sent in json.loads(note.read_bytes()).items())
            except ValueError:
                self._tell(f"{note} cannot be read: letters of {note.stem} go out again")


def _due(booking: dict[str, Any], after: float, now: float) -> Iterator[tuple[int, int]]:
    """The times, with how long before them, of which people are to be reminded now; none that has begun."""
    for moment in booking["moments"]:
        for lead in booking["remind"]:
            if after < moment - lead <= now < moment:
                yield moment, lead
