"""What a tenant file says of telephones that users share."""

from __future__ import annotations

from pydantic import Field

from provisioner.core.model import Model, Seconds
from provisioner.core.refs import NameOf

Users = list[NameOf("user")]  # type: ignore[valid-type]


class HotDesks(Model):
    """Telephones at places, and users who log in there."""

    desks: Users = Field(min_length=1, max_length=500)
    """Places in `users`, each with its telephone."""
    users: Users = Field(min_length=1, max_length=1000)
    """Who may log in. `pbx pin TENANT USER` tells her PIN, which the first apply makes."""
    timeout: Seconds = Field(default=12 * 3600, ge=60, le=7 * 24 * 3600)
    """When she is logged out by itself."""
