"""Tenants' calendars.json: read again when a bundle has changed."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from .sources import Place

TENANTS = Path("/etc/asterisk/pbx/tenants")
Key = tuple[str, str]
"""Tenant and user."""


@dataclass(frozen=True)
class Known:
    """A user's calendar. `digest` names all of it: where that changes, it is read again at once."""

    kind: str
    place: Place
    rules: list[dict[str, Any]]
    every: int
    zone: str
    digest: str

    @property
    def host(self) -> str:
        return self.place.address.split("/")[2]


class Tenants:
    def __init__(self, folder: Path = TENANTS) -> None:
        self._folder = folder
        self._states: dict[str, tuple[int, int]] = {}
        self.calendars: dict[Key, Known] = {}

    def look(self) -> None:
        """Reads what has changed; a file that cannot be read leaves its tenant as it was."""
        found = {path.parent.name: path for path in self._folder.glob("*/calendars.json")}
        for slug in self._states.keys() - found.keys():
            self._take(slug, {})
            del self._states[slug]
        for slug, path in found.items():
            try:
                now = path.stat()
                state = (now.st_ino, now.st_mtime_ns)
                if self._states.get(slug) != state:
                    self._take(slug, _read(json.loads(path.read_bytes())))
                    self._states[slug] = state
            except (OSError, ValueError, KeyError):
                continue

    def _take(self, slug: str, calendars: dict[str, Known]) -> None:
        kept = {key: each for key, each in self.calendars.items() if key[0] != slug}
        self.calendars = kept | {(slug, user): each for user, each in calendars.items()}


def _read(document: dict[str, Any]) -> dict[str, Known]:
    zone, every = document["time_zone"], document["every"]
    ZoneInfo(zone)  # one that this machine does not know is a ValueError
    calendars = {}
    for user, each in document["calendars"].items():
        digest = hashlib.sha256(json.dumps([zone, each], sort_keys=True).encode()).hexdigest()[:16]
        place = Place(each["address"], each["login"], each["secret"], each["mail"])
        calendars[user] = Known(each["kind"], place, each["rules"], every, zone, digest)
    return calendars
