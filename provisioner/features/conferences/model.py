"""What a tenant file says of a telephone conference."""

from __future__ import annotations

from pydantic import Field

from provisioner.core.model import Extension, Model, Text
from provisioner.core.refs import NameOf, PromptName


class Recording(Model):
    """Everything that is said is recorded, from the first who comes to the last who leaves."""

    announcement: PromptName | None = None
    """What tells so to everybody who comes in; a sentence of the platform's where it is not given."""


class Conference(Model):
    """A room in which everybody hears everybody, from inside and outside."""

    title: Text | None = None
    """What people call it; the name where it is not given."""
    extension: Extension | None = None
    """What colleagues dial; numbers and menus lead here by `conference:NAME`."""
    leaders: list[NameOf("user")] = Field(default_factory=list, max_length=200)  # type: ignore[valid-type]
    """Users who lead it from their own telephones, without a PIN. Whoever types the leaders' PIN leads too."""
    pin: bool = True
    """Whether a PIN is asked for: one of the members, one of the leaders (`pbx pin TENANT conference:NAME`)."""
    colleagues: bool = False
    """Whether the tenant's users come in from their own telephones without a PIN."""
    wait_for_leader: bool = True
    """Whether members hear music until a leader is there."""
    end_with_leader: bool = False
    """Whether it is over for all when the last leader leaves."""
    announce: bool = True
    """Whether everybody hears that somebody has come or gone."""
    greeting: PromptName | None = None
    """What everybody hears before coming in."""
    music: list[PromptName] = Field(default_factory=list)
    """Played in turn while nobody else is there; the platform's tone where it is not given."""
    max_members: int = Field(default=25, ge=2, le=200)
    """How many may be in it; a leader comes in even so."""
    recording: Recording | None = None
