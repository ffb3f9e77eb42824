"""What one call meets on its way through a tenant, worked out offline: what rooms and the interpreter agree on.

A room says what a call does at a node of its own: one `Move`, made of the tenant file, the call as it comes, and what
`Around` answers about the caller and the people who are called. It stays independent of the dialplan that the same room
lowers to, so that a difference between the two shows a mistake in one of them. Not for how long anything takes: a call
here is made at one moment.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from .artifacts import named
from .feature import Scope
from .languages import best
from .records import record
from .refs import Ref
from .source import Path


class Line(StrEnum):
    """What a call to somebody's telephones meets."""

    RINGS = "rings"
    BUSY = "busy"
    UNREACHABLE = "unreachable"


class Presence(StrEnum):
    """What a queue or ring group finds at one of its seats."""

    THERE = "there"
    BUSY = "busy"
    UNREACHABLE = "unreachable"
    OUT = "logged out"


class Ending(StrEnum):
    """How a call ends, as far as the tenant has to do with it."""

    ANSWERED = "answered"
    """`by` names who answers."""
    MESSAGE = "message"
    """The caller leaves a message in `by`."""
    FAX = "fax"
    PUBLIC = "public"
    """The call goes out to the public network, to the number in `by`."""
    EMERGENCY = "emergency"
    PLACE_KEPT = "place-kept"
    """The caller hangs up and is called when it is her turn."""
    CONFERENCE = "conference"
    """The caller is in the conference `by`, or waits there for a leader."""
    SERVICE = "service"
    """A colleague reaches something that is hers: a mailbox, a phone code."""
    REFUSED = "refused"
    """The caller is told that the call is not taken."""
    BARRED = "barred"
    """The caller is told that she may not call the number."""
    UNKNOWN = "unknown"
    """The number is none, as far as the caller can tell."""
    ENDED = "ended"
    """The file ends the call; `by` is the `hangup:` destination."""
    LOOPS = "loops"
    """The call goes round and would not end."""


@record
class Caller:
    """Who calls. A colleague is `inside`, and named where it matters who she is."""

    number: str = ""
    """Shown as E.164; empty where it is withheld."""
    user: str = ""
    inside: bool = False

    def __str__(self) -> str:
        if self.inside:
            return f"user:{self.user}" if self.user else "a colleague"
        return self.number or "a withheld number"


@record
class Seat:
    """Somebody's place in a queue or ring group; `logged_in` is how the file lets her begin."""

    member: Ref
    source: Path
    logged_in: bool = True


class Around(Protocol):
    """What the caller does and how things stand. Each is asked once it matters, never before."""

    def key(self, expected: Sequence[str], most: int = 1) -> str:
        """What is keyed in at a question: one of `expected` where it begins so, else `most` keys; empty for nothing."""

    def digits(self, expected: Sequence[str], most: int) -> str:
        """What is keyed in where up to `most` digits are read, until a pause or a hash key; `expected` would do."""

    def words(self, expected: Sequence[str]) -> str:
        """What is said at a question; empty for nothing."""

    def line(self, user: str) -> Line:
        """What a call to her telephones meets."""

    def answers(self, rung: Sequence[Ref]) -> Ref | None:
        """Who of those that ring answers; the first counts where several would."""

    def seats(self, at: Ref, seats: Sequence[Seat], *, second: bool = False) -> Sequence[Presence]:
        """What is found at each seat of a queue or ring group; `second`: a member on a call is rung all the same, and
        takes it where her telephones do."""

    def full(self, place: Ref) -> bool:
        """Whether as many callers wait in a queue, or are in a conference, as may."""

    def activity(self, user: str) -> str:
        """What she is doing, or nothing."""

    def switch(self, schedule: str) -> str:
        """The manual switch of a schedule: `open`, `closed` or `auto`."""


@record
class Call:
    """A call under way, as a node finds it."""

    at: datetime
    """The tenant's time, aware."""
    caller: Caller
    dialled: str
    language: str
    """What the caller hears."""
    fresh: bool = True
    """Whether it just came in: the number that was called is the tenant's own, no longer a destination outside."""
    marks: tuple[tuple[str, str], ...] = ()
    """What nodes noted for later ones, sorted by name; dots keep the rooms' notes apart (`ivr.failed`)."""

    def mark(self, name: str) -> str:
        return dict(self.marks).get(name, "")

    def marked(self, name: str, value: str) -> Call:
        """The call with a note; an empty value takes it away."""
        marks = {**dict(self.marks), name: value}
        return replace(self, marks=tuple(sorted((each, what) for each, what in marks.items() if what)))


CLOSED = "closed"
"""The mark of a call that a schedule found closed."""
RANG = "rang"
"""The mark of a call that rang in vain, or waited in a queue."""


@record
class Step:
    """One thing that happens, why, and the part of the tenant file that says so; empty where the platform does."""

    what: str
    source: Path = ()
    why: str = ""


@record
class End:
    """What becomes of the call."""

    how: Ending
    by: str = ""

    def __str__(self) -> str:
        return f"{self.how}: {self.by}" if self.by else str(self.how)


@record
class Move:
    """What a call does at a node: either it goes on at `to`, or it ends."""

    steps: tuple[Step, ...]
    call: Call
    """As it goes on."""
    to: Ref | None = None
    end: End | None = None
    within: bool = False
    """Whether it goes on behind the entrance of `to`: the node is not entered anew."""


def goes(call: Call, steps: Sequence[Step], to: Ref, source: Path, why: str = "") -> Move:
    """The call goes on at a destination, which is told as its last step."""
    return Move((*steps, Step(f"goes on at {to}", source, why)), call, to)


def ends(call: Call, steps: Sequence[Step], how: Ending, by: str = "") -> Move:
    """The call is over after these steps; `by` names whoever or whatever ended it."""
    return Move(tuple(steps), call, end=End(how, by))


def hears(call: Call, scope: Scope, prompt: Ref, source: Path, why: str = "") -> Step:
    """A prompt is played, in the language of the call as far as it has it."""
    sounds = scope.sounds.get(prompt.name, {})
    tag = best(sounds, call.language)
    if tag is None:
        tag = best(sounds, scope.language)
    sound = f" {named(sounds[tag])}" if tag is not None else ""
    return Step(f"hears {prompt}{sound}", source, why)
