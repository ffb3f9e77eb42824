"""Links to rooms and tokens for them, both JWT.

A link says of whom it is (`user`, or `guest` with the name that an invitation gave her), into which room it leads,
until when, and whether she leads a room that a user opened. A room of the file says itself who leads it.
"""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jwt

from .tenants import OPENED, Room, Tenant, User, tenant

AUDIENCE = "join"
ALGORITHM = "HS256"
JOINS_WITHIN = 300
"""Seconds in which a token opens the door; the server renews it for those who are in."""
OPENED_FOR = 24 * 3600
"""Seconds that links to a room that a user opened are good."""
SOURCES = ["camera", "microphone", "screen_share", "screen_share_audio"]


class Refused(Exception):
    """Whoever asks does not get it; `code` says why, and `facts` what goes with it."""

    def __init__(self, status: int, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.status, self.code, self.facts = status, code, facts


@dataclass(frozen=True)
class Link:
    """What a link that holds says."""

    tenant: Tenant
    id: str
    user: User | None
    name: str
    """The guest's, empty where she says it herself; or the user's."""
    room: Room | None
    """None where a user's own link leads into no room."""
    leads: bool

    @property
    def room_name(self) -> str:
        """What the server calls the room: no two tenants have one in common."""
        assert self.room is not None
        return f"{self.tenant.slug}.{self.room.id}"

    def identity(self, device: str) -> str:
        """Who somebody is in the room; each of her browsers is one."""
        return f"{'user.' + self.user.id if self.user else 'guest.' + self.id}.{device}"

    @property
    def waits(self) -> bool:
        """Whether she waits in the lobby."""
        assert self.room is not None
        lobby = self.room.lobby
        return not self.leads and (lobby == "everybody" or (lobby == "guests" and self.user is None))


def read(text: str, folder: Path) -> Link:
    """What a link says; raises Refused where it does not hold (any more)."""
    try:
        slug = str(jwt.decode(text, options={"verify_signature": False}).get("iss", ""))
    except jwt.InvalidTokenError:
        raise Refused(403, "unknown") from None
    whose = tenant(folder, slug)
    if whose is None:
        raise Refused(403, "unknown")
    rules: Any = {"require": ["exp", "iss", "aud", "jti"]}
    try:
        said = jwt.decode(text, whose.key, algorithms=[ALGORITHM], audience=AUDIENCE, issuer=slug, options=rules)
    except jwt.ExpiredSignatureError:
        raise Refused(403, "expired") from None
    except jwt.InvalidTokenError:
        raise Refused(403, "unknown") from None
    return _link(said, whose)


def _link(said: Mapping[str, Any], whose: Tenant) -> Link:
    user = None
    if "user" in said:
        user = whose.users.get(said["user"])
        if user is None:
            raise Refused(410, "gone")
    name = user.name if user else str(said.get("guest", ""))
    room = _room(str(said.get("room", "")), whose)
    if room is None and user is None:
        raise Refused(403, "unknown")
    if room and user is None and not room.guests:
        raise Refused(403, "no_guests")
    leads = bool(room and user and (said.get("lead") is True or user.id in room.leaders))
    return Link(whose, str(said["jti"]), user, name, room, leads)


def _room(name: str, whose: Tenant) -> Room | None:
    if not name:
        return None
    if name.startswith(OPENED):
        return Room(name, "", whose.most, "guests", True, ())
    room = whose.rooms.get(name)
    if room is None:
        raise Refused(410, "gone")
    return room


def opened(link: Link) -> str:
    """A link to a new room that a user opens, and leads."""
    if link.user is None:
        raise Refused(403, "unknown")
    room = OPENED + re.sub(r"[^a-z0-9]", "", secrets.token_urlsafe(40).lower())[:20]
    return _signed(link.tenant, room=room, user=link.user.id, lead=True)


def into(link: Link, room: str) -> str:
    """A user's link into a room that a colleague told her of."""
    if link.user is None or _room(room, link.tenant) is None:
        raise Refused(403, "unknown")
    return _signed(link.tenant, room=room, user=link.user.id)


def invitation(link: Link) -> str:
    """A link into the room for people from outside; empty where whoever asks may ask in none."""
    if link.user is None or link.room is None or not link.user.invites or not link.room.guests:
        return ""
    return _signed(link.tenant, room=link.room.id, guest="")


def _signed(whose: Tenant, **says: Any) -> str:
    now = int(time.time())
    facts = {"iss": whose.slug, "aud": AUDIENCE, "iat": now, "exp": now + OPENED_FOR, "jti": secrets.token_hex(8)}
    return jwt.encode(facts | says, whose.key, algorithm=ALGORITHM)


def token(key: str, secret: str, link: Link, identity: str, name: str) -> str:
    """What opens the door of one room at LiveKit: to see and hear, and to show camera, voice and screen.

    Nobody's browser gets a right over others: leaders' wishes are carried out by this service.
    """
    now = int(time.time())
    grant = {
        "roomJoin": True,
        "room": link.room_name,
        "canSubscribe": True,
        "canPublish": True,
        "canPublishSources": SOURCES,
        "canPublishData": False,
    }
    kind = "leader" if link.leads else "user" if link.user else "guest"
    claims = {"iss": key, "sub": identity, "nbf": now - 10, "exp": now + JOINS_WITHIN, "name": name, "video": grant}
    return jwt.encode(claims | {"attributes": {"kind": kind}}, secret, algorithm=ALGORITHM)
