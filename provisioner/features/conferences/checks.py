"""Findings of telephone conferences alone."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.core.feature import Scope
from provisioner.core.findings import Finding, Rule, Severity
from provisioner.core.refs import Ref
from provisioner.core.source import Path

from .model import Conference

C301 = Rule(
    code="C301",
    title="Conference that waits for a leader who cannot come",
    why="No user leads it, and no PIN is asked for by which somebody could: members hear music for ever.",
    remedy="Name `leaders`, ask for a PIN, or set `wait_for_leader: no`.",
    bad="weekly: {extension: 860, pin: no}",
    good="weekly: {extension: 860, pin: no, leaders: [anna]}",
    source="C11",
)
C302 = Rule(
    code="C302",
    title="Conference that anybody may enter",
    why="A number, menu or schedule leads callers from outside into it, and no PIN is asked for: whoever dials a wrong "
    "number listens to what is said.",
    remedy="Leave `pin: no` out; `colleagues: yes` spares users the PIN.",
    bad='numbers: {"+46850100109": {destination: "conference:weekly"}}\nconferences: {weekly: {pin: no}}',
    good='numbers: {"+46850100109": {destination: "conference:weekly"}}\nconferences: {weekly: {colleagues: yes}}',
    severity=Severity.WARNING,
    source="C11",
)
C303 = Rule(
    code="C303",
    title="Leader listed twice",
    why="Whoever reads the file believes that somebody else leads too.",
    remedy="Keep the first mention.",
    bad="leaders: [anna, anna]",
    good="leaders: [anna, bo]",
    source="C11",
)
C304 = Rule(
    code="C304",
    title="Conference that ends with leaders whom nobody can be",
    why="No user leads it and no PIN is asked for, so no leader ever leaves: `end_with_leader` does nothing.",
    remedy="Name `leaders`, ask for a PIN, or leave `end_with_leader` out.",
    bad="weekly: {pin: no, wait_for_leader: no, end_with_leader: yes}",
    good="weekly: {pin: no, wait_for_leader: no}",
    source="C11",
)
RULES = (C301, C302, C303, C304)


def check(conferences: dict[str, Conference], scope: Scope) -> Iterator[Finding]:
    led_to = {ref for _, ref in scope.references}
    for name, each in conferences.items():
        path, nobody = ("conferences", name), not each.pin and not each.leaders
        outside = Ref("conference", name) in led_to
        if each.wait_for_leader and nobody:
            yield C301.at(path, f"{name} has no leader", expected="leaders, a PIN, or wait_for_leader: no", on_key=True)
        if each.end_with_leader and nobody:
            yield C304.at((*path, "end_with_leader"), f"{name} has no leader", expected="leaders, or a PIN")
        if outside and not each.pin:
            yield C302.at((*path, "pin"), f"callers from outside come into {name} without a PIN", expected="yes")
        yield from _leaders(path, each)


def _leaders(path: Path, conference: Conference) -> Iterator[Finding]:
    seen: set[Ref] = set()
    for index, leader in enumerate(conference.leaders):
        if leader in seen:
            yield C303.at((*path, "leaders", index), f"{leader.name} is listed twice", expected="each leader once")
        seen.add(leader)
