"""What people may do at the door and leaders inside: come in, wait, be let in, be muted or sent away, lock."""

from __future__ import annotations

import json
import re
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from . import links
from .links import Link, Refused
from .livekit import LiveKit, Missing

FORGOTTEN = 15.0
"""Seconds after which somebody who waits, and asks no more, is no longer there."""
DEVICE = re.compile(r"[a-z0-9]{8,40}")
LONGEST_NAME = 60


@dataclass
class Waiting:
    name: str
    seen: float
    let_in: bool = False
    sent_away: bool = False


@dataclass
class Door:
    """What is known of a room's door while somebody stands there or is in."""

    waiting: dict[str, Waiting] = field(default_factory=dict)
    """Ticket → who holds it."""
    removed: set[str] = field(default_factory=set)
    """People that a leader sent out of this meeting (`_person`)."""


class Meetings:
    """All tenants' rooms on one server. `folder` holds tenants' files, `address` is where browsers reach LiveKit."""

    def __init__(
        self, folder: Path, server: LiveKit, address: str, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._folder, self._server, self._address, self._clock = folder, server, address, clock
        self._doors: dict[str, Door] = {}
        self._lock = threading.Lock()

    def look(self, asked: dict[str, Any]) -> dict[str, Any]:
        """What the page shows before anybody comes in."""
        link = self._read(asked)
        room = link.room
        return {
            "tenant": link.tenant.name,
            "language": link.tenant.language,
            "title": room.title if room else "",
            "room": room.id if room else "",
            "name": link.name,
            "guest": link.user is None,
            "leads": link.leads,
            "slug": link.tenant.slug,
        }

    def open(self, asked: dict[str, Any]) -> dict[str, Any]:
        """A room of a user's own."""
        return {"link": links.opened(self._read(asked))}

    def invite(self, asked: dict[str, Any]) -> dict[str, Any]:
        """What a user hands on: the room for colleagues, a link for people from outside."""
        link = self._of_a_room(asked)
        assert link.room is not None
        return {"room": link.room.id if link.user else "", "guests": links.invitation(link)}

    def into(self, asked: dict[str, Any]) -> dict[str, Any]:
        """A link of hers into the room that a colleague told a user of."""
        return {"link": links.into(self._read(asked), str(asked.get("room", "")))}

    def join(self, asked: dict[str, Any]) -> dict[str, Any]:
        """A token and where it is good; or a ticket for whoever has to wait."""
        link = self._of_a_room(asked)
        device, name = str(asked.get("device", "")), link.name or _name(asked)
        if not DEVICE.fullmatch(device):
            raise Refused(400, "device")
        if not name:
            raise Refused(400, "name")
        identity, there = link.identity(device), self._there(link)
        door = self._door(link, begins=there is None)
        if _person(identity) in door.removed:
            raise Refused(403, "removed")
        if there and _locked(there) and not link.leads:
            raise Refused(423, "locked")
        self._hold_the_limit(link, identity, there)
        if link.waits and (ticket := self._wait(door, str(asked.get("ticket", "")), name)):
            return {"waiting": ticket}
        assert link.room is not None
        if there is None:
            self._server.create(link.room_name, link.room.most, {"locked": False})
        made = links.token(self._server.key, self._server.secret, link, identity, name)
        return {"token": made, "address": self._address, "title": link.room.title, "leads": link.leads}

    def lead(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Carries out a leader's wish, and tells who waits."""
        link = self._of_a_room(asked)
        if not link.leads:
            raise Refused(403, "not_leading")
        door, who = self._door(link), str(asked.get("who", ""))
        act = str(asked.get("act", "look"))
        if act in ("admit", "deny"):
            self._answer(door, who, let_in=act == "admit")
        elif act in ("lock", "unlock"):
            there = self._there(link)
            if there is None:
                raise Refused(409, "not_held")
            self._server.tell(link.room_name, {**_metadata(there), "locked": act == "lock"})
        elif act == "mute":
            self._mute(link, who)
        elif act == "remove":
            with self._lock:
                self._doors.setdefault(link.room_name, door).removed.add(_person(who))
            self._server.remove(link.room_name, who)
        elif act == "end":
            self._server.end(link.room_name)
        elif act != "look":
            raise Refused(400, "act")
        with self._lock:
            waiting = [
                {"ticket": ticket, "name": each.name}
                for ticket, each in self._present(door).items()
                if not each.let_in and not each.sent_away
            ]
        return {"waiting": waiting}

    def _read(self, asked: dict[str, Any]) -> Link:
        return links.read(str(asked.get("link", "")), self._folder)

    def _of_a_room(self, asked: dict[str, Any]) -> Link:
        link = self._read(asked)
        if link.room is None:
            raise Refused(400, "room")
        return link

    def _there(self, link: Link) -> dict[str, Any] | None:
        return next(iter(self._server.rooms(link.room_name)), None)

    def _door(self, link: Link, *, begins: bool = False) -> Door:
        """The door; where nobody is in, those who were sent out of the last meeting may come to the next.

        Doors at which nobody stands are forgotten: users may name as many rooms as they like.
        """
        with self._lock:
            empty = [name for name, each in self._doors.items() if not self._present(each) and not each.removed]
            for name in empty:
                del self._doors[name]
            door = self._doors.setdefault(link.room_name, Door())
            if begins:
                door.removed.clear()
            return door

    def _hold_the_limit(self, link: Link, identity: str, there: dict[str, Any] | None) -> None:
        """LiveKit holds it too, but tells nobody why she is not let in."""
        assert link.room is not None
        if there is None:
            return
        try:
            inside = {each["identity"] for each in self._server.participants(link.room_name)}
        except Missing:
            return
        if len(inside - {identity}) >= link.room.most:
            raise Refused(409, "full", most=link.room.most)

    def _wait(self, door: Door, ticket: str, name: str) -> str:
        """The ticket of somebody who still has to wait; empty where she may come in."""
        with self._lock:
            known = self._present(door).get(ticket)
            if known is None:
                ticket = secrets.token_urlsafe(12)
                door.waiting[ticket] = Waiting(name, self._clock())
                return ticket
            known.seen = self._clock()
            if not known.let_in and not known.sent_away:
                return ticket
            del door.waiting[ticket]
            if known.sent_away:
                raise Refused(403, "denied")
            return ""

    def _present(self, door: Door) -> dict[str, Waiting]:
        """Those who wait; whoever went away is forgotten."""
        late = self._clock() - FORGOTTEN
        for ticket in [ticket for ticket, each in door.waiting.items() if each.seen < late]:
            del door.waiting[ticket]
        return door.waiting

    def _answer(self, door: Door, ticket: str, *, let_in: bool) -> None:
        with self._lock:
            known = self._present(door).get(ticket)
            if known is None:
                raise Refused(404, "left")
            known.let_in, known.sent_away = let_in, not let_in

    def _mute(self, link: Link, identity: str) -> None:
        """Turns the microphone off; only she herself can turn it on again."""
        for each in self._server.participants(link.room_name):
            if each["identity"] == identity:
                for track in each.get("tracks", []):
                    if track.get("source") == "MICROPHONE":
                        self._server.mute(link.room_name, identity, track["sid"])


def _person(identity: str) -> str:
    """A user with all her browsers; guests may share a link, so each browser of theirs is somebody."""
    return identity.rpartition(".")[0] if identity.startswith("user.") else identity


def _name(asked: dict[str, Any]) -> str:
    """What somebody calls herself, on one line."""
    return " ".join("".join(filter(str.isprintable, str(asked.get("name", "")))).split())[:LONGEST_NAME]


def _metadata(room: dict[str, Any]) -> dict[str, Any]:
    return dict(json.loads(room.get("metadata") or "{}"))


def _locked(room: dict[str, Any]) -> bool:
    return _metadata(room).get("locked") is True
