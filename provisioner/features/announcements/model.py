"""What a tenant file says of an announcement."""

from __future__ import annotations

from provisioner.core.model import Extension, Model, Text
from provisioner.core.refs import Destination, PromptName


class Announcement(Model):
    """A prompt that is played once, to its end, before the call goes on."""

    title: Text | None = None
    """What people call it; the name where it is not given."""
    extension: Extension | None = None
    prompt: PromptName
    """What the caller hears."""
    then: Destination
    """Where the call goes on; `hangup:normal` ends it."""
