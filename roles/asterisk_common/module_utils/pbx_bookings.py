"""Booked conferences of a core node under other names: of the conference, of who invites, of who is invited.

A booking is a file that `pbx conference` wrote and the sender of notices reads. What was sent is noted by the booking's
id, and letters carry their words and addresses: so nothing is sent anew because a name is another.
"""

from __future__ import annotations

import contextlib
import json
import os
from pathlib import Path

NAMED = {"conference", "organizer", "invited"}
"""What of a booking is a name in the tenant's file; `invited` holds addresses too."""


def carry(folder: Path, kind: str, old: str, new: str) -> None:
    """The bookings of one tenant, each whole as it was or whole under the new name."""
    for path in sorted(folder.glob("[!.]*.json")):
        with contextlib.suppress(FileNotFoundError):  # the sender takes away what is long over
            while not _carried(path, kind, old, new):
                pass


def _carried(path: Path, kind: str, old: str, new: str) -> bool:
    """Whether it is done; not where somebody changed the booking meanwhile."""
    found = path.stat()
    try:
        booking = json.loads(path.read_bytes())
    except (IsADirectoryError, ValueError):
        return True  # no booking, of which the sender tells
    if not isinstance(booking, dict) or not booking.keys() >= NAMED:
        return True
    there = renamed(booking, kind, old, new)
    if there == booking:
        return True
    fresh = path.with_name(f".moved-{path.stem}")
    fresh.unlink(missing_ok=True)
    try:
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            json.dump(there, stream, ensure_ascii=False)
            os.fchown(stream.fileno(), found.st_uid, found.st_gid)
            os.fchmod(stream.fileno(), found.st_mode & 0o7777)
            stream.flush()
            os.fsync(stream.fileno())
        now = path.stat()
        if (now.st_ino, now.st_mtime_ns) != (found.st_ino, found.st_mtime_ns):
            return False
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)
    return True


def renamed(booking: dict, kind: str, old: str, new: str) -> dict:
    """What a booking says under the new name."""
    if kind == "conference":
        return {**booking, "conference": _under(booking["conference"], old, new)}
    invited = [_under(each, old, new) for each in booking["invited"]]
    return {**booking, "organizer": _under(booking["organizer"], old, new), "invited": invited}


def _under(name: str, old: str, new: str) -> str:
    return new if name == old else name
