"""What a tenant file says of access from outside."""

from __future__ import annotations

from pydantic import Field

from provisioner.core.model import Model, Text
from provisioner.core.refs import NameOf


class Disa(Model):
    """Users who call in from a mobile telephone of theirs dial on as if they sat at their desk (DISA)."""

    title: Text | None = None
    """What people call it; the name where it is not given."""
    users: list[NameOf("user")] = Field(min_length=1, max_length=1000)  # type: ignore[valid-type]
    """Who may. Each is known by the number of her mobile device, and proves it by her PIN (`pbx pin TENANT USER`)."""
