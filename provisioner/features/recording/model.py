"""What a tenant file says of all its recorded calls."""

from __future__ import annotations

from pydantic import Field

from provisioner.core.model import Model
from provisioner.core.refs import NameOf, PromptName


class Recording(Model):
    """What is recorded stands at each number, queue, conference and user; this is what holds for all of it."""

    told: bool = True
    """Whether the other party of a user who is always recorded is told. Callers of recorded numbers and queues are."""
    announcement: PromptName | None = None
    """What tells it; a sentence of the platform's where it is not given."""
    internal: bool = False
    """Whether calls among colleagues are recorded too."""
    retention: int = Field(default=90, ge=1, le=3650)
    """How many days a recording is kept."""
    listeners: list[NameOf("user")] = Field(default_factory=list, max_length=200)  # type: ignore[valid-type]
    """The users who may listen to all of them."""
