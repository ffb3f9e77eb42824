"""Findings of hot desks alone."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.core.feature import Scope
from provisioner.core.findings import Finding, Rule
from provisioner.core.refs import Ref

from .model import HotDesks

F101 = Rule(
    code="F101",
    title="Hot desk, or user of hot desks, listed twice",
    why="Whoever reads the file believes that somebody else is meant.",
    remedy="Keep the first mention.",
    bad="users: [anna, anna]",
    good="users: [anna, bo]",
    source="N5",
)
F102 = Rule(
    code="F102",
    title="Hot desk that logs in at hot desks itself",
    why="A place has calls of its own; nobody would know whose telephone it is.",
    remedy="Name places in `desks` and people in `users`.",
    bad="{desks: [window], users: [anna, window]}",
    good="{desks: [window], users: [anna]}",
    source="N5",
)
F103 = Rule(
    code="F103",
    title="Hot desk without a telephone",
    why="There is nothing to log in at.",
    remedy="Give the place a device that registers.",
    bad="# users\nwindow: {devices: {}}\n# hot_desks\ndesks: [window]",
    good="# users\nwindow: {devices: {desk: {kind: desk}}}\n# hot_desks\ndesks: [window]",
    source="N5",
)
RULES = (F101, F102, F103)


def check(section: HotDesks | None, scope: Scope) -> Iterator[Finding]:
    if section is None:
        return
    for key, listed in (("desks", section.desks), ("users", section.users)):
        seen: set[Ref] = set()
        for index, each in enumerate(listed):
            path = ("hot_desks", key, index)
            if each in seen:
                yield F101.at(path, f"{each.name} is listed twice", expected="each name once")
            seen.add(each)
            if key == "users" and each in section.desks:
                yield F102.at(path, f"{each.name} is a hot desk", expected="a user who is none")
            if key == "desks" and each.name in scope.user_names and each.name not in scope.telephones:
                yield F103.at(path, f"{each.name} has no telephone", expected=f"a device at users.{each.name}")
