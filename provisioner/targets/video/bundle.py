"""The bundle of one tenant's video rooms: `video.json`, which the door to LiveKit reads whenever somebody knocks."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from provisioner.core import secrets
from provisioner.core.artifacts import Bundle, Line, TextFile
from provisioner.core.findings import Finding
from provisioner.core.json_lines import listed
from provisioner.core.secrets import defuse

from .objects import Participant, Room, Tenancy, VideoObject

PRODUCT = "video"
WANTED = "video.json"


def render(slug: str, objects: Iterable[VideoObject]) -> Bundle:
    known = tuple(objects)
    (tenancy,) = (each for each in known if isinstance(each, Tenancy))
    users = [(_user(each), each.source) for each in known if isinstance(each, Participant)]
    rooms = [(_room(each), each.source) for each in known if isinstance(each, Room)]
    facts = {
        "name": defuse(tenancy.name),
        "language": tenancy.language,
        "most": tenancy.most,
        "key": secrets.token(tenancy.key),
    }
    head = json.dumps(facts, ensure_ascii=False).removesuffix("}") + ","
    lines = (Line(head, tenancy.source), *listed("users", users), *listed("rooms", rooms, last=True), Line("}"))
    return Bundle(slug, PRODUCT, (TextFile(WANTED, lines),))


def _user(each: Participant) -> dict[str, Any]:
    return {"id": each.user, "name": defuse(each.name), "invites": each.invites}


def _room(each: Room) -> dict[str, Any]:
    facts = {"most": each.most, "lobby": str(each.lobby), "guests": each.guests, "leaders": sorted(each.leaders)}
    return {"id": each.id, "title": defuse(each.title), **facts}


def check(_: Iterable[VideoObject]) -> Iterator[Finding]:
    """Nothing to link: names are unique in the tenant's file, and references are linked there."""
    return iter(())
