"""What a tenant file says of a public number. The key of each entry is the number itself, in E.164 form."""

from __future__ import annotations

from enum import StrEnum

from provisioner.core.model import Language, Model, Text
from provisioner.core.refs import Destination


class Kind(StrEnum):
    """What the number is to the tenant."""

    MAIN = "main"
    """The number that the tenant is known by; the first one is shown where nothing else is said."""
    DIRECT = "direct"
    """A number of one user, group or queue."""
    OTHER = "other"


class Number(Model):
    """A public number of the tenant."""

    kind: Kind = Kind.OTHER
    title: Text | None = None
    """What the number is for; shown to those who answer it."""
    language: Language | None = None
    """What its callers hear; the tenant's language where it is not given."""
    destination: Destination
    """Where its callers go."""
