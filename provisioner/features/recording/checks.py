"""Findings of recording."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.core.capabilities import Capability
from provisioner.core.feature import Scope
from provisioner.core.findings import Finding, Rule, Severity

from .model import Recording

H101 = Rule(
    code="H101",
    title="Recordings that nobody may listen to",
    why="Calls are recorded and kept for nobody, which no law on personal data lets anybody do.",
    remedy="Name the users who may listen, or record nothing.",
    bad="recording: {retention: 30}",
    good="recording: {retention: 30, listeners: [anna]}",
    severity=Severity.WARNING,
    source="U8; Regulation (EU) 2016/679, article 5",
)
H102 = Rule(
    code="H102",
    title="Announcement of a recording that nobody is told of",
    why="The file says two things: the prompt is never heard.",
    remedy="Leave `told: no` out, or the announcement.",
    bad='recording: {told: no, announcement: "prompt:recorded", listeners: [anna]}',
    good='recording: {announcement: "prompt:recorded", listeners: [anna]}',
    source="U8",
)
H103 = Rule(
    code="H103",
    title="Rules of recording where nothing is recorded",
    why="Whoever wrote them believes that calls are recorded.",
    remedy="Say `recording` at a number, a queue, a conference or a user, or leave the section out.",
    bad="recording: {listeners: [anna]}",
    good="recording: {listeners: [anna]}\nusers: {bo: {recording: always}}",
    severity=Severity.WARNING,
    source="U8",
)
RULES = (H101, H102, H103)


def check(section: Recording | None, scope: Scope) -> Iterator[Finding]:
    if section is None:
        return
    path = ("recording",)
    recorded = any(each.capability is Capability.RECORDING for each in scope.uses)
    if recorded and not section.listeners:
        yield H101.at(path, "no user is among `listeners`", expected="listeners: [NAME]", on_key=True)
    if section.announcement and not section.told:
        found = f"{section.announcement} is said to nobody"
        yield H102.at((*path, "announcement"), found, expected="no announcement, or no `told: no`")
    if scope.whole and not recorded:
        yield H103.at(path, "no number, queue, conference or user is recorded", expected="a recorded one", on_key=True)
