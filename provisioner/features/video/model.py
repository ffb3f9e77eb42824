"""What a tenant file says of video rooms."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from provisioner.core.model import Model, Name, Title
from provisioner.core.refs import NameOf
from provisioner.core.secrets import SIGNING

MOST = 50
"""How many may be in one room at once (row C9)."""


class Lobby(StrEnum):
    """Who waits until a leader lets them in."""

    NOBODY = "nobody"
    GUESTS = "guests"
    """People from outside."""
    EVERYBODY = "everybody"
    """All who do not lead."""


class VideoRoom(Model):
    """A room that stays: people come and go by links."""

    title: Title
    """What people see."""
    leaders: list[NameOf("user")] = Field(min_length=1, max_length=100)  # type: ignore[valid-type]
    """Users who let in, mute, remove and lock; their plans must cover meetings."""
    guests: bool = True
    """Whether people from outside come in by links of their own."""
    lobby: Lobby = Lobby.GUESTS
    """Who waits until a leader lets them in."""
    max_participants: int = Field(default=MOST, ge=2, le=MOST)
    """How many may be in it at once, leaders too."""


class Video(Model):
    """Video calls among the tenant's users; `{}` for rooms that they open themselves."""

    rooms: dict[Name, VideoRoom] = Field(default_factory=dict)
    """Rooms that stay, by name; the name is their address."""


def key(slug: str) -> str:
    """The handle of what signs the tenant's links."""
    return f"{SIGNING}/video-{slug}"
