"""What a tenant file says of parking."""

from __future__ import annotations

from pydantic import Field

from provisioner.core.model import Model, Seconds


class Parking(Model):
    """Slots at which callers wait until somebody takes them."""

    slots: int = Field(default=5, ge=1, le=9)
    """How many callers can wait at once; each slot is a digit behind the phone code."""
    come_back: Seconds = Field(default=90, ge=10, le=1800)
    """How long a caller waits before she rings at the user who parked her."""
