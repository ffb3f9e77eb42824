"""Who may do what in video rooms."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.core.feature import Scope
from provisioner.core.flows import Right

from . import facts
from .model import Video


def rights(video: Video | None, scope: Scope) -> Iterator[Right]:
    if video is None:
        return
    for user in facts.participants(video, scope):
        yield Right(user, "open video rooms and come into those of colleagues")
        if facts.invites(user, scope):
            yield Right(user, "invite people from outside into video rooms")
    for name, room in video.rooms.items():
        for leader in room.leaders:
            yield Right(leader.name, f"lead the video room {name}")
