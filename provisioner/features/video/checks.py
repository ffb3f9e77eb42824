"""Findings of video rooms alone. Whether plans cover them is found by the room of plans."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.core.capabilities import Capability
from provisioner.core.feature import Scope
from provisioner.core.findings import Finding, Rule, Severity

from .model import Video

C401 = Rule(
    code="C401",
    title="Video that the provider does not carry",
    why="Links would lead nowhere: no machine of the platform serves it.",
    remedy="Let provider.yaml name the node that carries video, or take the section out.",
    bad="# provider.yaml has no video\nvideo: {}",
    good="# provider.yaml\nvideo: {node: edge}\n# tenant\nvideo: {}",
    source="C8",
)
C402 = Rule(
    code="C402",
    title="Leader of a video room listed twice",
    why="Whoever reads the file believes that somebody else leads too.",
    remedy="Keep the first mention.",
    bad="leaders: [anna, anna]",
    good="leaders: [anna, bo]",
    source="C9",
)
C403 = Rule(
    code="C403",
    title="Title of two video rooms",
    why="People see titles, and would wait for each other in the wrong ones.",
    remedy="Give each its own title.",
    bad="sales: {title: Sales, leaders: [anna]}\nsale: {title: Sales, leaders: [bo]}",
    good="sales: {title: Sales, leaders: [anna]}\nsale: {title: January sale, leaders: [bo]}",
    source="C9",
)
C404 = Rule(
    code="C404",
    title="Video for nobody",
    why="No user's plan covers it and no room names a leader: nobody could open one or come in.",
    remedy="Give users a plan with chat and video calls, or take the section out.",
    bad="# the plan basic has no chat\nusers: {anna: {plan: basic, …}}\nvideo: {}",
    good="# the plan professional has chat\nusers: {anna: {plan: professional, …}}\nvideo: {}",
    severity=Severity.WARNING,
    source="C8",
)
RULES = (C401, C402, C403, C404)


def _callers(scope: Scope) -> bool:
    return any(scope.plan_covers(user, Capability.CHAT) for user in scope.user_names)


def check(video: Video | None, scope: Scope) -> Iterator[Finding]:
    if video is None:
        return
    if not scope.carries_video:
        yield C401.at(("video",), "no machine carries video", expected="video: {node: …} in provider.yaml", on_key=True)
    if scope.whole and not video.rooms and not _callers(scope):
        yield C404.at(("video",), "no user has video", expected="a user whose plan covers it", on_key=True)
    owners: dict[str, str] = {}
    for name, room in video.rooms.items():
        path = ("video", "rooms", name)
        owner = owners.setdefault(room.title.casefold(), name)
        if owner != name:
            yield C403.at((*path, "title"), f"{room.title!r} is the title of {owner} too", expected="another title")
        seen: set[str] = set()
        for index, leader in enumerate(room.leaders):
            if leader.name in seen:
                yield C402.at((*path, "leaders", index), f"{leader.name} is listed twice", expected="each leader once")
            seen.add(leader.name)
