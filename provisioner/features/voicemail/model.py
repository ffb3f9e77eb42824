"""What a tenant file says of a shared mailbox."""

from __future__ import annotations

from pydantic import Field

from provisioner.core.model import Extension, Key, Language, Model, Seconds, Text
from provisioner.core.notices import Recipients
from provisioner.core.refs import Destination, NameOf


class Notify(Recipients):
    """Who is told of a new message, beside the telephones of the members."""

    members: bool = False
    """Whether each member is told too, at her `email` and `mobile`."""
    audio: bool = False
    """Whether mails carry the message. A message may be about anybody's health or money, so usually they do not."""


class SharedMailbox(Model):
    """A mailbox of several users. Callers leave messages; members listen, and all see the same state."""

    title: Text | None = None
    """What people call it; the name where it is not given."""
    extension: Extension | None = None
    """A member who dials it, or `*98` and it, listens; anybody else leaves a message."""
    members: list[NameOf("user")] = Field(min_length=1)  # type: ignore[valid-type]
    """Who may listen."""
    greeting: NameOf("prompt") | None = None  # type: ignore[valid-type]
    """What callers hear before the tone."""
    notify: Notify = Notify()
    """Who is told of a new message: who called and when."""
    keys: dict[Key, Destination] = Field(default_factory=dict)
    """Where callers go on who press a key while they hear the greeting: `"0": ring_group:reception`."""
    max_length: Seconds = Field(default=180, ge=10, le=900)
    """The longest message."""
    transcribe: Language | None = None
    """The language that callers speak, where messages are written down too, by a machine and with mistakes: for mails
    that tell of them, and for programs that list them. They are not where it is not given."""
    retention: int | None = Field(default=None, ge=1, le=3650)
    """After how many days a message is deleted, heard or not; kept until somebody deletes it where it is not given."""
