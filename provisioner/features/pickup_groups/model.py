"""What a tenant file says of a pick-up group."""

from __future__ import annotations

from pydantic import Field

from provisioner.core.model import Model
from provisioner.core.refs import NameOf


class PickupGroup(Model):
    """Users who may take each other's calls while they ring."""

    members: list[NameOf("user")] = Field(min_length=1, max_length=100)  # type: ignore[valid-type]
    """The users, in the order in which their telephones are looked at for a call."""
