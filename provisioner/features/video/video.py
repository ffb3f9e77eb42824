"""Video rooms in LiveKit: who takes part, and the rooms that stay."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.core.feature import Scope
from provisioner.targets.video.objects import Participant, Room, Tenancy, VideoObject

from . import facts
from .model import MOST, Video, key


def lower(video: Video | None, scope: Scope) -> Iterator[VideoObject]:
    if video is None:
        return
    yield Tenancy(scope.name, scope.language, MOST, key(scope.slug), ("video",))
    for user in facts.participants(video, scope):
        yield Participant(user, scope.user_names[user], facts.invites(user, scope), ("users", user))
    for name, room in video.rooms.items():
        leaders = tuple(each.name for each in room.leaders)
        source = ("video", "rooms", name)
        yield Room(name, room.title, room.max_participants, room.lobby, room.guests, leaders, source)
