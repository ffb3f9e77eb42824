"""Findings of queues alone."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.core.feature import Scope
from provisioner.core.findings import Finding, Rule, Severity
from provisioner.core.permissions import CallPermission
from provisioner.core.source import Path

from .model import Announce, CallBack, Queue

Q101 = Rule(
    code="Q101",
    title="Queue member that cannot ring",
    why="Only users and public numbers ring; a menu or mailbox would answer at once and take every call.",
    remedy="List users and public numbers; send callers to menus and mailboxes by `overflow`.",
    bad='members: ["voicemail:info"]',
    good="members: [user:anna]\noverflow: {timeout: voicemail:info, empty: voicemail:info}",
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
    why="Places and minutes can be said in Swedish and English: callers of other tenants hear two languages.",
    remedy="Leave `position` and `wait` away, or accept it.",
    bad="# language: de\nannounce: {prompt: queue-wait, position: yes}",
    good="# language: de\nannounce: {prompt: queue-wait}",
    severity=Severity.WARNING,
    source="Q4",
)
Q108 = Rule(
    code="Q108",
    title="Head start that nobody gets",
    why="Of the entries that fit a caller the one furthest ahead counts, and another, no less far, fits everybody.",
    remedy="Put it further ahead than the entry for everybody, or take it away.",
    bad='head_starts: [{ahead: 10m}, {ahead: 1m, callers: ["+46701740605"]}]',
    good='head_starts: [{ahead: 1m}, {ahead: 10m, callers: ["+46701740605"]}]',
    severity=Severity.WARNING,
    source="Q2",
)
Q109 = Rule(
    code="Q109",
    title="Wrap-up longer than callers wait",
    why="Whoever calls during a member's wrap-up has left before it ends, though the member does nothing else.",
    remedy="Lower `wrap_up` or raise `timeout`.",
    bad="wrap_up: 2m\ntimeout: 60s",
    good="wrap_up: 30s\ntimeout: 60s",
    severity=Severity.WARNING,
    source="Q5",
)
Q110 = Rule(
    code="Q110",
    title="Call-back to numbers that are barred",
    why="A caller could have numbers abroad called at the tenant's cost, though none of the members may call them.",
    remedy="Leave `abroad` away, or let a member call abroad.",
    bad="# users\nanna: {call_permission: national}\n# queues\nmembers: [user:anna]\ncall_back: {key: 5, abroad: yes}",
    good="# users\nanna: {call_permission: national}\n# queues\nmembers: [user:anna]\ncall_back: {key: 5}",
    source="Q6",
)
Q111 = Rule(
    code="Q111",
    title="Administrator who is no user",
    why="Members are logged in and out by dialling a code, which users do.",
    remedy="List users.",
    bad="administrators: [ring_group:office]",
    good="administrators: [user:anna]",
    source="Q3",
)
Q112 = Rule(
    code="Q112",
    title="Administrators without a code to dial",
    why="The code ends with the queue's extension, and this queue has none.",
    remedy="Give the queue an `extension`.",
    bad="nurse: {administrators: [user:anna]}",
    good="nurse: {administrators: [user:anna], extension: 910}",
    severity=Severity.WARNING,
    source="Q3",
)
Q113 = Rule(
    code="Q113",
    title="Queue that begins empty",
    why="Until somebody logs in, every caller goes on at once.",
    remedy="Let a member begin logged in, or accept it.",
    bad="members: [{member: user:anna, logged_in: no}]",
    good="members: [user:anna, {member: user:bo, logged_in: no}]",
    severity=Severity.NOTE,
    source="Q3",
)
Q114 = Rule(
    code="Q114",
    title="Call-back attempt that comes too late",
    why="The caller's place is no longer kept when the last attempts would be made.",
    remedy="Make fewer attempts, a shorter pause, or keep the place longer.",
    bad="call_back: {key: 5, wait: 10m, attempts: 3, pause: 5m}",
    good="call_back: {key: 5, wait: 11m, attempts: 3, pause: 5m}",
    severity=Severity.WARNING,
    source="Q6",
)
RULES = (Q101, Q102, Q103, Q104, Q105, Q106, Q107, Q108, Q109, Q110, Q111, Q112, Q113, Q114)

MEMBER_KINDS = ("user", "number")
COUNTED = ("en", "sv")
"""Languages in which places and minutes can be said."""


def check(queues: dict[str, Queue], scope: Scope) -> Iterator[Finding]:
    for name, queue in queues.items():
        path: Path = ("queues", name)
        yield from _members(queue, path)
        yield from _overflow(queue, path)
        yield from _times(queue, path)
        if queue.announce:
            yield from _announce(queue.announce, scope, (*path, "announce"))
        yield from _head_starts(queue, (*path, "head_starts"))
        if queue.call_back:
            yield from _attempts(queue.call_back, (*path, "call_back"))
        if queue.call_back and queue.call_back.abroad:
            yield from _abroad(queue, scope, (*path, "call_back", "abroad"))


def _members(queue: Queue, path: Path) -> Iterator[Finding]:
    seen = set()
    for index, member in enumerate(queue.refs):
        where = (*path, "members", index)
        if member.kind not in MEMBER_KINDS:
            yield Q101.at(where, f"{member} cannot ring", expected="user:NAME or number:+…")
        if member in seen:
            yield Q102.at(where, f"{member} is listed twice", expected="each member once")
        seen.add(member)
    if not any(each.logged_in for each in queue.members):
        yield Q113.at((*path, "members"), "no member begins logged in", expected="one without logged_in: no")
    for index, each in enumerate(queue.administrators):
        if each.kind != "user":
            yield Q111.at((*path, "administrators", index), f"{each} is no user", expected="user:NAME")
    if queue.administrators and not queue.extension:
        yield Q112.at((*path, "administrators"), "the queue has no extension", expected="the key 'extension'")


def _times(queue: Queue, path: Path) -> Iterator[Finding]:
    if queue.timeout < queue.ring_time:
        found = f"callers leave after {queue.timeout} s, telephones ring for {queue.ring_time} s"
        yield Q106.at((*path, "timeout"), found, expected=f"at least {queue.ring_time} s")
    if queue.wrap_up > queue.timeout:
        found = f"members rest {queue.wrap_up} s, callers leave after {queue.timeout} s"
        yield Q109.at((*path, "wrap_up"), found, expected=f"at most {queue.timeout} s")


def _announce(announce: Announce, scope: Scope, path: Path) -> Iterator[Finding]:
    if not (announce.prompt or announce.further or announce.position or announce.wait):
        yield Q105.at(path, "nothing is announced", expected="a prompt, position: yes or wait: yes")
    for key in ("position", "wait"):
        if getattr(announce, key) and scope.language.partition("-")[0] not in COUNTED:
            found = f"it is not said in {scope.language}"
            yield Q107.at((*path, key), found, expected="a prompt alone")


def _head_starts(queue: Queue, path: Path) -> Iterator[Finding]:
    everybody = {index: each.ahead for index, each in enumerate(queue.head_starts) if not (each.callers or each.called)}
    for index, start in enumerate(queue.head_starts):
        for other, ahead in everybody.items():
            if other != index and (ahead, -other) > (start.ahead, -index):
                found = f"entry {other + 1} puts everybody {ahead} s ahead, this one {start.ahead} s"
                yield Q108.at((*path, index), found, expected=f"more than {ahead} s")
                break


def _attempts(call_back: CallBack, path: Path) -> Iterator[Finding]:
    last = (call_back.attempts - 1) * call_back.pause
    if last >= call_back.wait:
        found = (
            f"attempt {call_back.attempts} comes after {last} s at the earliest, the place is kept {call_back.wait} s"
        )
        most = (call_back.wait - 1) // call_back.pause + 1
        yield Q114.at((*path, "attempts"), found, expected=f"at most {most}")


def _abroad(queue: Queue, scope: Scope, path: Path) -> Iterator[Finding]:
    members = {each.name for each in queue.refs if each.kind == "user"}
    abroad = CallPermission.INTERNATIONAL.level
    permitted = {user for user, permission in scope.permissions.items() if permission.level >= abroad}
    if not members & permitted:
        yield Q110.at(path, "no member may call abroad", expected="no, or a member with call_permission: international")


def _overflow(queue: Queue, path: Path) -> Iterator[Finding]:
    if queue.max_waiting and not queue.overflow.full:
        found = f"caller {queue.max_waiting + 1} has nowhere to go"
        yield Q103.at((*path, "overflow"), found, expected="the key 'full', a destination", on_key=True)
    if queue.overflow.full and not queue.max_waiting:
        found = "the queue has no limit and is never full"
        yield Q104.at((*path, "overflow", "full"), found, expected="max_waiting beside it")
