"""What Asterisk itself says of queues and groups now, understood: `queue show`, and its database."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass, field

COLOUR = re.compile(r"\x1b\[[0-9;]*m")
HEAD = re.compile(r"^(\S+) has \d+ calls ")
MEMBER = re.compile(r"^\s+(\S+) \(Local/\S+ from \S+\)(.*)$")
STATUS = re.compile(r"\((Not in use|In use|Busy|Invalid|Unavailable|Ringing|Ring\+Inuse|On Hold|Unknown)\)")
LAST = re.compile(r"\(last was (\d+) secs ago\)")
CALLER = re.compile(r"^\s+\d+\. \S+ \(wait: (\d+):(\d\d), prio: -?\d+\)")
OUT = re.compile(r"^/pbx/([^/]+)/agents/ring_group/([^/]+)/(\S+)\s*: out\s*$")


@dataclass
class Member:
    paused: bool
    status: str
    since: int | None
    """Seconds since the last call ended."""


@dataclass
class Seen:
    """A queue as Asterisk sees it now."""

    members: dict[str, Member] = field(default_factory=dict)
    waits: list[int] = field(default_factory=list)


def ask(command: str) -> str:
    done = subprocess.run(
        ["asterisk", "-rx", command], capture_output=True, text=True, errors="replace", timeout=20, check=True
    )
    return COLOUR.sub("", done.stdout)


def seen(text: str) -> dict[str, Seen]:
    """queue → what `queue show` says of it."""
    found: dict[str, Seen] = {}
    now = Seen()
    for line in text.splitlines():
        if head := HEAD.match(line):
            now = found.setdefault(head[1], Seen())
        elif caller := CALLER.match(line):
            now.waits.append(int(caller[1]) * 60 + int(caller[2]))
        elif member := MEMBER.match(line):
            status, last = STATUS.search(member[2]), LAST.search(member[2])
            now.members[member[1]] = Member(
                "(paused" in member[2], status[1] if status else "Unknown", int(last[1]) if last else None
            )
    return found


def logged_out(text: str) -> set[tuple[str, str, str]]:
    """Tenant, ring group and member of everybody who is logged out of a group."""
    return {match.groups() for line in text.splitlines() if (match := OUT.match(line))}  # type: ignore[misc]
