"""What a caller meets at one node of a tenant: the room's own knowledge, from which whole test calls are made.

A room says for each of its nodes what shows that a call has come there, what a call does that ends there, and by what
ways it goes on. How a caller gets to the node is not the room's business: the pipeline strings visits together from
the tenant's numbers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from .artifacts import Recipe
from .languages import best
from .probes import AnyOf, Callee, IsAnswered, Outside, Phone, Presses, Step, Waits
from .refs import Ref

WORDS = {"*": "star", "#": "hash"}
"""Keys as parts of the names of test calls."""
NOTICE = 8.0
"""Seconds that the platform may take until a caller notices what it decided."""
BEEP = 1.5
"""Seconds from the end of a mailbox's greeting until it records."""
CONNECTION = timedelta(minutes=10)
"""How long a moment must last that a test call is made at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """The call under way, as the node finds it."""

    line: Outside
    language: str
    now: datetime
    """When the calls are planned; aware."""
    at: datetime | None = None
    """The tenant's time of this call, where an earlier node depends on it."""
    telephones: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """user → the devices that she has."""
    internal: bool = False
    """Whether a colleague calls, whom the call shows by her extension; `line` stands for her telephone."""

    def phone(self, user: str) -> Phone | None:
        """A telephone of the user, or None where she has none."""
        devices = self.telephones.get(user, ())
        return Phone(user, devices[0]) if devices else None

    def phones(self, members: Sequence[Ref]) -> tuple[Phone, ...]:
        """The telephones of those members that are users and have one, in order."""
        found = (self.phone(member.name) for member in members if member.kind == "user")
        return tuple(phone for phone in found if phone)

    def hears(self, sounds: Mapping[str, Recipe], language: str) -> Recipe:
        """The one of a prompt's sounds that this call hears; `language` is the tenant's."""
        tag = best(sounds, self.language)
        if tag is None:
            tag = best(sounds, language)
        return sounds[min(sounds) if tag is None else tag]


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One thing that can happen at a node after the arrival."""

    id: str
    """Unique at the node: `key-1`, `no-answer`."""
    title: str
    """For the table, going on from «a call …»: `in which 1 is pressed`."""
    steps: tuple[Step, ...] = ()
    before: tuple[Step, ...] | None = None
    """What replaces the node's arrival in this way: enough to get through where another way proves the arrival."""
    to: Ref | None = None
    """Where the call goes on; None ends the test call."""
    at: datetime | None = None
    """The tenant's time at which this happens."""
    language: str = ""
    """What the caller hears from here on; empty changes nothing."""
    seconds: float = 0.0
    """How long this takes beside the steps' own waiting, at least."""
    rows: tuple[str, ...] = ()


def by_keys(line: Outside, keys: Mapping[str, Ref]) -> Iterator[Way]:
    """What happens to a caller who presses one of these while something is played to her."""
    for key, ref in keys.items():
        yield Way(
            id=f"key-{WORDS.get(key, key)}",
            title=f"key {key}",
            before=(IsAnswered(line), Waits(1.0)),
            steps=(Presses(line, key),),
            to=ref,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A node as a caller meets it."""

    arrival: tuple[Step, ...] = ()
    """What shows that the call has come here; empty where nothing does."""
    ways: tuple[Way, ...] = ()
    may_ring: tuple[Phone, ...] = ()
    rows: tuple[str, ...] = ()


def one_of(phones: Sequence[Phone]) -> Callee:
    """The only telephone, or whichever of several rings."""
    return phones[0] if len(phones) == 1 else AnyOf(tuple(phones))
