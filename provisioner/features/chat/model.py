"""What a tenant file says of chat."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from provisioner.core.model import Model, Name
from provisioner.core.periods import Day
from provisioner.core.refs import NameOf

Title = Annotated[
    str,
    Field(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]+$", description="Text on one line, in any script."),
]
"""What people see, on one line, in any script."""


class Kind(StrEnum):
    """Who reaches a channel."""

    OPEN = "open"
    """Everybody of the tenant whose plan has channels, but for limited users."""
    CLOSED = "closed"
    """Members alone; nobody else sees that it is there."""
    ENCRYPTED = "encrypted"
    """As closed, and made for programs that encrypt between the members (OMEMO)."""


class Role(StrEnum):
    """What somebody may reach in chat."""

    ADMIN = "admin"
    """Leads all open channels: may silence and send away."""
    MEMBER = "member"
    """Reaches all colleagues and open channels."""
    LIMITED = "limited"
    """Has her own teams in her contact list, and enters only channels that name her or one of her teams."""


class Status(StrEnum):
    """What a user's program says of her (RFC 6121 4.7.2.1)."""

    AWAY = "away"
    """Away for a moment; many programs say so by themselves when nobody types."""
    DND = "dnd"
    """Do not disturb."""
    XA = "xa"
    """Away for longer."""


class Team(Model):
    """A department, whose members everybody has together in the contact list."""

    title: Title
    """What people see."""
    members: list[NameOf("user")] = Field(default_factory=list, max_length=1000)  # type: ignore[valid-type]
    """Its users, in any order."""


class Channel(Model):
    """A place for a group to write in, that stays."""

    title: Title
    """What people see."""
    kind: Kind
    teams: list[Name] = Field(default_factory=list, max_length=100)
    """All of whose members are members of the channel."""
    members: list[NameOf("user")] = Field(default_factory=list, max_length=1000)  # type: ignore[valid-type]
    """Further ones."""
    leaders: list[NameOf("user")] = Field(default_factory=list, max_length=100)  # type: ignore[valid-type]
    """Members who may silence others and send them away."""


class Guest(Model):
    """Somebody outside, a partner, who writes in some channels and reaches nobody else."""

    name: Title
    """What others see."""
    company: Title | None = None
    """Shown behind the name."""
    until: Day | None = None
    """The last day on which she may log in, by the tenant's clock; needed."""
    channels: list[Name] = Field(default_factory=list, max_length=100)
    """Those that she enters, closed ones."""

    @property
    def shown(self) -> str:
        """What others see."""
        return f"{self.name}, {self.company}" if self.company else self.name


class Chat(Model):
    """Chat among the tenant's users; `{}` for one-to-one chat and groups that they make themselves."""

    teams: dict[Name, Team] = Field(default_factory=dict)
    """Departments, by name."""
    channels: dict[Name, Channel] = Field(default_factory=dict)
    """Channels, by name; the name is the address."""
    roles: dict[Name, Role] = Field(default_factory=dict)
    """User → what she may reach; `member` where she is not named."""
    statuses: dict[Status, Name] = Field(default_factory=dict)
    """What a user says of herself in chat → the activity that she is in as long as she does. What she sets by
    telephone or program stands above it."""
    guests: dict[Name, Guest] = Field(default_factory=dict)
    """People outside, by name; `lars` logs in as `guest.lars`."""


def guest_account(name: str) -> str:
    """As whom a guest logs in; no user's name has a dot, and the server knows guests by it."""
    return f"guest.{name}"


def password(slug: str, account: str) -> str:
    """The handle of the password of an account."""
    return f"chat/{slug}/account-{account}"
