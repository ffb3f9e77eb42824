"""What a tenant file says of the log of its users' calls."""

from __future__ import annotations

from pydantic import Field

from provisioner.core.model import Model


class CallLog(Model):
    """Who called whom and when, for the users themselves."""

    retention: int = Field(ge=0, le=3650)
    """How many days a call stays in the log; 0 keeps none."""
