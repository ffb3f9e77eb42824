"""Links to video rooms: signed statements (JWT, RFC 7519) that the door of LiveKit reads (roles/livekit)."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import jwt

from provisioner.core.errors import UsageError
from provisioner.core.feature import Scope
from provisioner.core.findings import nearest
from provisioner.features.video import facts
from provisioner.features.video.model import Video

AUDIENCE = "join"


@dataclass(frozen=True, slots=True)
class Link:
    """Whom a link lets in where. Without a user it is of whoever holds it, `guest` or who she says that she is."""

    slug: str
    room: str
    """Empty for a user's own link, by which she opens rooms."""
    user: str
    guest: str


def link(video: Video | None, scope: Scope, room: str, user: str, guest: str) -> Link:
    """Raises UsageError, with the nearest name, where nobody could come in by it."""
    if video is None:
        raise UsageError(f"{scope.slug} has no video rooms", "add `video: {}` to the tenant file, and apply it")
    if room and room not in video.rooms:
        raise UsageError(f"{scope.slug} has no video room {room!r}", _hint(room, video.rooms))
    people = facts.participants(video, scope)
    if user and user not in people:
        raise UsageError(f"{user!r} of {scope.slug} takes part in no video rooms", _hint(user, people))
    if user and guest:
        raise UsageError("--user and --guest are two people", "make a link for each")
    if not user and not room:
        raise UsageError("a link without a room is a user's", "name a room, or --user USER for rooms that she opens")
    if not user and not video.rooms[room].guests:
        raise UsageError(f"the video room {room} is for colleagues only", "name --user USER, or let `guests: yes` be")
    return Link(scope.slug, room, user, guest)


def _hint(name: str, known: Iterable[str]) -> str:
    listed = sorted(known)
    near = nearest(name, listed)
    return f"did you mean {near}?" if near else f"there are: {', '.join(listed) or 'none'}"


def signed(made: Link, key: str, now: datetime, until: datetime) -> str:
    """The statement, signed with the tenant's key."""
    says = {"room": made.room} if made.room else {}
    says |= {"user": made.user} if made.user else {"guest": made.guest}
    facts = {"iss": made.slug, "aud": AUDIENCE, "iat": now, "exp": until, "jti": secrets.token_hex(8)}
    return jwt.encode(facts | says, key, algorithm="HS256")
