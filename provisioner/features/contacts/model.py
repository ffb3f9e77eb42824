"""What a tenant file says of a contact."""

from __future__ import annotations

from pydantic import Field

from provisioner.core.model import E164, Email, Model, Text


class Contact(Model):
    """Somebody outside, or a company, whom the tenant's users know."""

    name: Text
    """What users see when one of the numbers calls, and look for."""
    company: Text | None = None
    """Shown behind the name."""
    numbers: list[E164] = Field(min_length=1, max_length=20)
    """All of hers, the one to call first before the others."""
    email: Email | None = None
    note: Text | None = None
    """For users to read; callers never hear it."""

    @property
    def shown(self) -> str:
        """What telephones show."""
        return f"{self.name}, {self.company}" if self.company else self.name
