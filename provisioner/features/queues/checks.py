"""Findings of queues alone."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.core.feature import Scope
from provisioner.core.findings import Finding, Rule, Severity
from provisioner.core.source import Path

from .model import Queue

Q101 = Rule(
    code="Q101",
    title="Queue member that is no user",
    why="The queue must know whether a member is free, and knows it of the tenant's users only.",
    remedy="List users; send callers to public numbers, menus and mailboxes by `overflow`.",
    bad='members: ["number:+46701740605"]',
    good="members: [user:anna]\noverflow: {timeout: number:+46701740605, empty: number:+46701740605}",
    source="Q7",
)
Q102 = Rule(
    code="Q102",
    title="Queue member listed twice",
    why="A queue knows each member once; the second mention would be dropped without a word.",
    remedy="Keep the first mention.",
    bad="members: [user:anna, user:anna]",
    good="members: [user:anna]",
    source="Q1",
)
Q103 = Rule(
    code="Q103",
    title="Full queue without overflow",
    why="A caller who finds the queue full would be cut off.",
    remedy="Say where such callers go.",
    bad="max_waiting: 20\noverflow: {timeout: voicemail:info, empty: voicemail:info}",
    good="max_waiting: 20\noverflow: {timeout: voicemail:info, empty: voicemail:info, full: voicemail:info}",
    source="Q2",
)
Q104 = Rule(
    code="Q104",
    title="Overflow that never happens",
    why="Any number of callers may wait, so the queue is never full; whoever wrote `full` expects a limit.",
    remedy="Set `max_waiting`, or take `full` away.",
    bad="overflow: {timeout: voicemail:info, empty: voicemail:info, full: voicemail:info}",
    good="max_waiting: 20\noverflow: {timeout: voicemail:info, empty: voicemail:info, full: voicemail:info}",
    severity=Severity.WARNING,
    source="Q2",
)
Q105 = Rule(
    code="Q105",
    title="Announcement without content",
    why="Callers would hear nothing but music although something was to be said.",
    remedy="Give a `prompt`, set `position: yes`, or take `announce` away.",
    bad="announce: {every: 30s}",
    good="announce: {prompt: queue-wait, every: 30s}",
    source="Q2",
)
Q106 = Rule(
    code="Q106",
    title="Waiting time shorter than the ring time",
    why="Callers leave the queue before the first telephone has rung for its time.",
    remedy="Raise `timeout` or lower `ring_time`.",
    bad="timeout: 10s\nring_time: 15s",
    good="timeout: 60s\nring_time: 15s",
    severity=Severity.WARNING,
    source="Q2",
)
Q107 = Rule(
    code="Q107",
    title="Place in the queue is said in English",
    why="Asterisk says the place with its own sounds, and those are English: callers hear two languages.",
    remedy="Leave `position` away, or accept it.",
    bad="# language: sv\nannounce: {prompt: queue-wait, position: yes}",
    good="# language: sv\nannounce: {prompt: queue-wait}",
    severity=Severity.WARNING,
    source="Q4",
)
RULES = (Q101, Q102, Q103, Q104, Q105, Q106, Q107)


def check(queues: dict[str, Queue], scope: Scope) -> Iterator[Finding]:
    for name, queue in queues.items():
        path: Path = ("queues", name)
        yield from _members(queue, (*path, "members"))
        yield from _overflow(queue, path)
        if queue.announce and not queue.announce.prompt and not queue.announce.position:
            yield Q105.at((*path, "announce"), "nothing is announced", expected="a prompt, or position: yes")
        if queue.announce and queue.announce.position and not scope.language.startswith("en"):
            where = (*path, "announce", "position")
            yield Q107.at(where, f"the place is not said in {scope.language}", expected="a prompt alone")
        if queue.timeout < queue.ring_time:
            found = f"callers leave after {queue.timeout} s, telephones ring for {queue.ring_time} s"
            yield Q106.at((*path, "timeout"), found, expected=f"at least {queue.ring_time} s")


def _members(queue: Queue, path: Path) -> Iterator[Finding]:
    seen = set()
    for index, member in enumerate(queue.members):
        if member.kind != "user":
            yield Q101.at((*path, index), f"{member} is no user", expected="user:NAME")
        if member in seen:
            yield Q102.at((*path, index), f"{member} is listed twice", expected="each member once")
        seen.add(member)


def _overflow(queue: Queue, path: Path) -> Iterator[Finding]:
    if queue.max_waiting and not queue.overflow.full:
        found = f"caller {queue.max_waiting + 1} has nowhere to go"
        yield Q103.at((*path, "overflow"), found, expected="the key 'full', a destination", on_key=True)
    if queue.overflow.full and not queue.max_waiting:
        found = "the queue has no limit and is never full"
        yield Q104.at((*path, "overflow", "full"), found, expected="max_waiting beside it")
