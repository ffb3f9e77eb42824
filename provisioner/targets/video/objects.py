"""What a room may say of a tenant's video rooms. The key is a handle, as everywhere before the deployment."""

from __future__ import annotations

from dataclasses import dataclass

from provisioner.core.source import Path


@dataclass(frozen=True, slots=True)
class Tenancy:
    """That the tenant has video rooms."""

    name: str
    language: str
    most: int
    """How many may be in a room that users opened."""
    key: str
    """Handle of what signs its links."""
    source: Path | None = None


@dataclass(frozen=True, slots=True)
class Participant:
    """A user who opens rooms and comes into those of colleagues."""

    user: str
    name: str
    invites: bool
    """Whether she may ask in people from outside."""
    source: Path | None = None


@dataclass(frozen=True, slots=True)
class Room:
    """A room that stays. `lobby` is `nobody`, `guests` or `everybody`."""

    id: str
    title: str
    most: int
    lobby: str
    guests: bool
    leaders: tuple[str, ...]
    source: Path | None = None


VideoObject = Tenancy | Participant | Room
