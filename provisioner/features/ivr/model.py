"""What a tenant file says of a menu."""

from __future__ import annotations

from pydantic import Field

from provisioner.core.model import Extension, Key, Model, Seconds, Text
from provisioner.core.refs import Destination, PromptName


class Reaction(Model):
    """What the menu does when a caller gives no answer, or a wrong one."""

    prompt: PromptName | None = None
    """What the caller hears then; nothing where it is not given."""
    destination: Destination | None = None
    """Where the call goes on at once; where it is not given the menu asks again, as often as `attempts` allows."""


class Ivr(Model):
    """A menu. Keys match exactly and at once; a menu below is a destination like any other."""

    title: Text | None = None
    """What people call it; the name where it is not given."""
    extension: Extension | None = None
    prompt: PromptName
    """The question. The caller may answer while it is played."""
    timeout: Seconds = Field(default=5, ge=1, le=60)
    """How long the menu waits for a key after the prompt."""
    attempts: int = Field(default=3, ge=1, le=9)
    """How many times the caller may give no answer or a wrong one, counted together."""
    keys: dict[Key, Destination] = Field(min_length=1)
    no_input: Reaction = Reaction()
    """When no key was pressed."""
    invalid: Reaction = Reaction()
    """When a key was pressed that is not one of `keys`."""
    exhausted: Destination
    """Where the call goes when the attempts are used up."""
