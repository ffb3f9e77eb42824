"""What a tenant file says of calls to the public network."""

from __future__ import annotations

from pydantic import Field

from provisioner.core.model import Model
from provisioner.core.permissions import CallPermission
from provisioner.core.refs import NameOf


class Override(Model):
    """Users who open what is barred to them, each time for one call, by a phone code and a PIN of their own."""

    users: list[NameOf("user")] = Field(min_length=1, max_length=500)  # type: ignore[valid-type]
    """Who may. `pbx limits TENANT --pin USER` tells the PIN, which the first apply makes."""
    permission: CallPermission = CallPermission.PREMIUM
    """Whom they may call then, and less."""


class Outbound(Model):
    """How users reach the public network. Whom each may call is said by the user's `call_permission`."""

    prefix: str | None = Field(default=None, pattern=r"^[0-9]{1,3}$")
    """Digits dialled before an outside number; none where it is not given. Numbers with a plus, and emergency
    numbers, pass without it."""
    override: Override | None = None
    """Who opens barred classes by a PIN; nobody where it is not given."""
