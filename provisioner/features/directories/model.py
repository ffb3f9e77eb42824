"""What a tenant file says of a directory."""

from __future__ import annotations

from pydantic import Field

from provisioner.core.model import Extension, Model, Seconds, Text
from provisioner.core.refs import Destination, PromptName


class Directory(Model):
    """Callers key in the first letters of a first or last name; who fits is read out, and a key connects."""

    title: Text | None = None
    """What people call it; the name where it is not given."""
    extension: Extension | None = None
    prompt: PromptName
    """What tells callers to key in letters."""
    letters: int = Field(default=3, ge=2, le=6)
    """How many letters are asked for; fewer, from two on, count after a pause or the hash key."""
    timeout: Seconds = Field(default=4, ge=1, le=30)
    """How long is waited for the next key."""
    attempts: int = Field(default=3, ge=1, le=9)
    """How many times the caller may key in nothing, or letters that nobody's name begins with."""
    exhausted: Destination
    """Where the call goes when the attempts are used up."""
