"""What a tenant file says of a queue."""

from __future__ import annotations

from enum import StrEnum
from functools import cached_property
from typing import Annotated

from pydantic import BeforeValidator, Field

from provisioner.core.model import E164, Extension, Key, Model, Seconds, Text
from provisioner.core.notices import Recipients
from provisioner.core.refs import Destination, PromptName, Ref


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


class Member(Model):
    """Somebody whose telephone rings for callers of the queue."""

    member: Destination
    """A user of the tenant, or a public number."""
    penalty: int = Field(default=0, ge=0, le=100)
    """Members of a higher penalty ring only while none of a lower one is free."""
    logged_in: bool = Field(default=True, json_schema_extra={"x-owner": "users"})
    """Whether the member begins logged in. Only the beginning: what members set later is theirs."""
    confirm: bool = True
    """Whether whoever answers a public number must press 1 to take the call, so that no mailbox takes it."""


def _member(value: object) -> object:
    return {"member": value} if isinstance(value, str) else value


Members = list[Annotated[Member, BeforeValidator(_member, json_schema_input_type=str | Member)]]
"""Each is a destination alone, or one with more said of it: `{member: user:bo, penalty: 1}`."""


Beginning = Annotated[str, Field(pattern=r"^\+[0-9]{0,15}$")]
"""A public number or how several begin."""


class HeadStart(Model):
    """Callers who are served as if they had called earlier than they did."""

    ahead: Seconds = Field(ge=1, le=86_400)
    """How much earlier. More than the queue's `timeout` puts them before all others."""
    callers: list[Beginning] = Field(default_factory=list)
    """Numbers that call, or their beginnings: `+468` is all of Stockholm. Everybody where none is given."""
    called: list[E164] = Field(default_factory=list)
    """Numbers of the tenant that were called. Any where none is given."""


class Announce(Model):
    """What waiting callers hear from time to time."""

    prompt: PromptName | None = None
    """In the caller's language, as far as the prompt has it."""
    further: list[PromptName] = Field(default_factory=list)
    """More of them, said in turn after `prompt`."""
    every: Seconds = Field(default=30, ge=10, le=600)
    """How long after the last time it is said again."""
    position: bool = False
    """Whether the place in the queue is said too."""
    wait: bool = False
    """Whether the expected wait is said too, as soon as it is a minute or more."""


class Recording(Model):
    """Calls are recorded from the moment when a member answers."""

    announcement: PromptName | None = None
    """What tells the caller so, before waiting; a sentence of the platform's where it is not given."""


class CallBack(Model):
    """A waiting caller hangs up and is called when it is her turn: her place in the queue stays hers."""

    key: Key
    """What she presses while she waits."""
    abroad: bool = False
    """Whether numbers of other countries may be called. Premium-rate numbers never are."""
    wait: Seconds = Field(default=7200, ge=60, le=28_800)
    """How long her place is kept; then she is not called."""
    attempts: int = Field(default=3, ge=1, le=10)
    """How many times she is called, should she not answer."""
    pause: Seconds = Field(default=300, ge=10, le=3600)
    """How long after one attempt the next may come. She is then served before all who called after her."""
    notify: Recipients = Recipients()
    """Who is told of a caller whom no attempt reached, or for whom no member had time while her place was kept."""


class Overflow(Model):
    """Where callers go whom the queue does not serve. Each way out is said; there is no default."""

    timeout: Destination
    """Who has waited for the queue's `timeout`."""
    empty: Destination
    """Who calls, or still waits, when no member is logged in."""
    unavailable: Destination | None = None
    """Who calls, or still waits, when members are logged in and all pause or cannot be reached; as `empty` where it is
    not given."""
    full: Destination | None = None
    """Who calls when `max_waiting` callers wait already; needed where that is given."""


class Queue(Model):
    """Callers who wait for one of the members."""

    title: Text | None = None
    """What people call it; the name where it is not given."""
    extension: Extension | None = None
    strategy: Strategy = Strategy.ALL
    members: Members = Field(min_length=1)
    """Users of the tenant and public numbers. A member who is on a call does not ring."""
    administrators: list[Destination] = Field(default_factory=list)
    """Users who may log members in and out and let them pause, by phone."""
    ring_time: Seconds = Field(default=15, ge=5, le=120)
    """How long a member rings before the next one does."""
    wrap_up: Seconds = Field(default=0, ge=0, le=1800)
    """How long a member gets no call of the queue after one."""
    weight: int = Field(default=0, ge=0, le=100)
    """A free member of several queues takes the call of the heaviest."""
    head_starts: list[HeadStart] = Field(default_factory=list)
    """Callers who are served before others; of the entries that fit a caller, the one that is furthest ahead counts."""
    whisper: PromptName | None = None
    """What the member hears before being joined with the caller, such as the queue's name."""
    music: list[PromptName] = Field(default_factory=list)
    """Played in turn while callers wait; the platform's tone where it is not given."""
    announce: Announce | None = None
    recording: Recording | None = None
    call_back: CallBack | None = None
    service_level: Seconds = Field(default=20, ge=1, le=3600)
    """Calls answered within this time keep the promise; live figures say how many of a hundred did."""
    timeout: Seconds = Field(ge=10, le=7200)
    """How long a caller waits at most; telephones that ring just then ring on for their `ring_time`."""
    max_waiting: int | None = Field(default=None, ge=1, le=1000)
    """How many callers may wait; any number where it is not given."""
    overflow: Overflow

    @cached_property
    def refs(self) -> tuple[Ref, ...]:
        """The members alone."""
        return tuple(each.member for each in self.members)
