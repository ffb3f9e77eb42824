"""Findings of users' lists of callers."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.core.callers import everybody, nobody
from provisioner.core.feature import Scope
from provisioner.core.findings import Finding, Rule, Severity
from provisioner.core.refs import Ref

from . import lists
from .model import User

U133 = Rule(
    code="U133",
    title="VIPs without an activity that they could ring through",
    why="The list changes nothing: without activities every call rings.",
    remedy="Write the section `activities`, be it empty (`{}`), or leave the list out.",
    bad='anna: {vip: ["+46701740605"]}',
    good='activities: {}\n# and in users:\nanna: {vip: ["+46701740605"]}',
    severity=Severity.WARNING,
    source="U12",
)
U134 = Rule(
    code="U134",
    title="List of callers that holds everybody, or nobody",
    why="Whoever blocks everybody is never called; a number that nobody has is a slip.",
    remedy="Write whole numbers, or a beginning with a star.",
    bad='blocked: ["+*"]',
    good='blocked: ["+4690*"]',
    source="U12",
)
U135 = Rule(
    code="U135",
    title="Caller who is both VIP and blocked",
    why="She is blocked: the list of VIPs is not asked of her.",
    remedy="Take her off one of the lists.",
    bad='{vip: ["+46701740605"], blocked: ["+46701740605"]}',
    good='{vip: ["+46701740605"], blocked: ["+46701740606"]}',
    source="U12",
)
RULES = (U133, U134, U135)


def check(name: str, user: User, scope: Scope) -> Iterator[Finding]:
    path, blocked_too = ("users", name), set(lists.patterns(user.blocked, scope))
    if user.vip and not scope.names.get("activity"):
        yield U133.at((*path, "vip"), "the tenant has no activities", expected="a section `activities`", on_key=True)
    for key, patterns in (("vip", user.vip), ("blocked", user.blocked)):
        for index, pattern in enumerate(patterns):
            why = "" if isinstance(pattern, Ref) else "holds every caller" if everybody(pattern) else nobody(pattern)
            if why:
                expected = "a beginning such as +4670*, or a whole number"
                yield U134.at((*path, key, index), f"{pattern} {why}", expected=expected)
            elif key == "vip" and not blocked_too.isdisjoint(lists.patterns([pattern], scope)):
                yield U135.at((*path, key, index), f"{pattern} is blocked", expected="a caller who is not blocked")
