"""What a tenant file says of a fax mailbox."""

from __future__ import annotations

from pydantic import Field

from provisioner.core.model import E164, Email, Extension, Model, Text


class FaxMailbox(Model):
    """Answers fax calls and sends each fax on as a mail with a PDF. Who speaks there hears a fax machine."""

    title: Text | None = None
    """What people call it; the name where it is not given."""
    extension: Extension | None = None
    mail: list[Email] = Field(min_length=1)
    """Who gets the faxes, and is told of those that failed."""
    sms: list[E164] = Field(default_factory=list)
    """Mobile numbers that get a text message about each."""
