"""What a tenant file says of a ring group."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from provisioner.core.model import Extension, Model, Seconds, Text
from provisioner.core.refs import Destination


class Strategy(StrEnum):
    """In which order the members ring."""

    ALL = "all"
    """All at once."""
    LINEAR = "linear"
    """One after the other, in the order of the list."""
    ROUND_ROBIN = "round_robin"
    """One after the other, beginning after the one who rang last, and after the last of the list with the first."""
    RANDOM = "random"
    """One after the other, beginning with any of them."""

    @property
    def in_turn(self) -> bool:
        """Whether who rings first differs from call to call."""
        return self in (Strategy.ROUND_ROBIN, Strategy.RANDOM)


class RingGroup(Model):
    """Several telephones that ring for one call."""

    title: Text | None = None
    """What people call it; the name where it is not given."""
    extension: Extension | None = None
    strategy: Strategy = Strategy.ALL
    members: list[Destination] = Field(min_length=1)
    """Users of the tenant and public numbers, in order of priority. Users log in and out; all begin logged in."""
    administrators: list[Destination] = Field(default_factory=list)
    """Users who may log members in and out, by phone."""
    ring_time: Seconds = Field(default=20, ge=5, le=300)
    """How long the group rings (`all`), or each member."""
    skip_busy: bool = False
    """Whether users who are on a call, or whose telephones ring for one, are passed over; otherwise a second call
    rings on their telephones. Where everybody is busy the call goes on at `no_answer` at once."""
    no_answer: Destination
    """Where the call goes when nobody answers."""
    empty: Destination | None = None
    """Where the call goes at once when every member is logged out; as `no_answer` where it is not given."""
