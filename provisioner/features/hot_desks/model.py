"""What a tenant file says of telephones that users share."""

from __future__ import annotations

from pydantic import Field

from provisioner.core.model import Model, Seconds
from provisioner.core.refs import NameOf


class HotDesks(Model):
    """Telephones at places, and users who log in there."""

    desks: list[NameOf("user")] = Field(min_length=1, max_length=500)  # type: ignore[valid-type]
    """Places in `users`, each with its telephone."""
    users: list[NameOf("user")] = Field(min_length=1, max_length=1000)  # type: ignore[valid-type]
    """Who may log in. `pbx pin TENANT USER` tells her PIN, which the first apply makes."""
    timeout: Seconds = Field(default=12 * 3600, ge=60, le=7 * 24 * 3600)
    """When she is logged out by itself."""
