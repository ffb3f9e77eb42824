"""What a tenant file says of a queue."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from provisioner.core.model import Extension, Model, Seconds, Text
from provisioner.core.refs import Destination, PromptName


class Strategy(StrEnum):
    """Which free member rings next."""

    ALL = "all"
    """All free members at once."""
    LINEAR = "linear"
    """The first free one in the order of the list."""
    ROUND_ROBIN = "round_robin"
    """In turn, beginning after the one who rang last."""
    RANDOM = "random"
    LEAST_RECENT = "least_recent"
    """Whoever ended the last call of this queue longest ago."""
    FEWEST_CALLS = "fewest_calls"
    """Whoever has taken the fewest calls of this queue."""


class Announce(Model):
    """What waiting callers hear from time to time."""

    prompt: PromptName | None = None
    """In the tenant's language for all callers: a queue plays one sound to everybody."""
    every: Seconds = Field(default=30, ge=10, le=600)
    """How long after the last time it is said again."""
    position: bool = False
    """Whether the place in the queue is said too."""


class Overflow(Model):
    """Where callers go whom the queue does not serve. Each way out is said; there is no default."""

    timeout: Destination
    """Who has waited for the queue's `timeout`."""
    empty: Destination
    """Who calls, or still waits, when no member is logged in."""
    full: Destination | None = None
    """Who calls when `max_waiting` callers wait already; needed where that is given."""


class Queue(Model):
    """Callers who wait for one of the members."""

    title: Text | None = None
    """What people call it; the name where it is not given."""
    extension: Extension | None = None
    strategy: Strategy = Strategy.ALL
    members: list[Destination] = Field(min_length=1)
    """Users of the tenant. A member who is on a call does not ring."""
    ring_time: Seconds = Field(default=15, ge=5, le=120)
    """How long a member rings before the next one does."""
    wrap_up: Seconds = Field(default=0, ge=0, le=1800)
    """How long a member gets no call of the queue after one."""
    music: list[PromptName] = Field(default_factory=list)
    """Played in turn while callers wait; the platform's tone where it is not given."""
    announce: Announce | None = None
    timeout: Seconds = Field(ge=10, le=7200)
    """How long a caller waits at most; telephones that ring just then ring on for their `ring_time`."""
    max_waiting: int | None = Field(default=None, ge=1, le=1000)
    """How many callers may wait; any number where it is not given."""
    overflow: Overflow
