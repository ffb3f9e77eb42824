"""What tenants' files say of rooms and users: `/etc/pbx-video/tenants/<slug>.json`, which `video_tenant` lays down."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

SLUG = re.compile(r"[a-z][a-z0-9-]{0,62}")
OPENED = "~"
"""How the name of a room begins that users opened themselves; none of a file does."""


@dataclass(frozen=True)
class Room:
    """`lobby` is who waits until a leader lets them in: `nobody`, `guests` or `everybody`."""

    id: str
    title: str
    most: int
    lobby: str
    guests: bool
    leaders: tuple[str, ...]


@dataclass(frozen=True)
class User:
    """`invites` says whether she may ask in people from outside."""

    id: str
    name: str
    invites: bool


@dataclass(frozen=True)
class Tenant:
    slug: str
    name: str
    language: str
    most: int
    """How many may be in a room that users opened."""
    key: str
    """Signs its links."""
    users: Mapping[str, User]
    rooms: Mapping[str, Room]


def tenant(folder: Path, slug: str) -> Tenant | None:
    """The tenant, or nothing where it has no video rooms."""
    if not SLUG.fullmatch(slug):
        return None
    try:
        told = json.loads((folder / f"{slug}.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    rooms = (Room(**{**each, "leaders": tuple(each["leaders"])}) for each in told["rooms"])
    users = (User(**each) for each in told["users"])
    return Tenant(
        slug,
        told["name"],
        told["language"],
        told["most"],
        told["key"],
        {each.id: each for each in users},
        {each.id: each for each in rooms},
    )
