"""What a tenant file says of calls to the public network."""

from __future__ import annotations

from pydantic import Field

from provisioner.core.model import Model


class Outbound(Model):
    """How users reach the public network. Whom each may call is said by the user's `call_permission`."""

    prefix: str | None = Field(default=None, pattern=r"^[0-9]{1,3}$")
    """Digits dialled before an outside number; none where it is not given. Numbers with a plus, and emergency
    numbers, pass without it."""
