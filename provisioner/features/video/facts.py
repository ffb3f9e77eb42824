"""Who takes part in video rooms, and what other rooms may know of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from provisioner.core.capabilities import Capability
from provisioner.core.feature import Files, Scope, Use

from .model import Video


def participants(video: Video, scope: Scope) -> tuple[str, ...]:
    """The users who open rooms and come into those of colleagues: by their plan, or because they lead one."""
    leaders = {each.name for room in video.rooms.values() for each in room.leaders}
    return tuple(user for user in scope.user_names if user in leaders or scope.plan_covers(user, Capability.CHAT))


def invites(user: str, scope: Scope) -> bool:
    """Whether a user may ask in people from outside to a room that she opened."""
    return scope.plan_covers(user, Capability.MEETINGS)


def contribute(video: Video | None, scope: Scope, _: Files) -> Scope:
    return replace(scope, uses=(*scope.uses, *_uses(video, scope))) if video else scope


def _uses(video: Video, scope: Scope) -> Iterator[Use]:
    """One for each leader, where the file first names her."""
    seen: set[str] = set()
    for name, room in video.rooms.items():
        for index, leader in enumerate(room.leaders):
            if leader.name in scope.user_names and leader.name not in seen:
                seen.add(leader.name)
                yield Use(Capability.MEETINGS, ("video", "rooms", name, "leaders", index), leader.name)
