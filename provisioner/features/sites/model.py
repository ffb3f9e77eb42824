"""What a tenant file says of a site."""

from __future__ import annotations

from pydantic import Field

from provisioner.core.model import E164, Model, Text


class Address(Model):
    """Where rescuers are sent."""

    street: Text
    """Street and house number."""
    postal_code: Text
    """As on an envelope."""
    city: Text
    """As on an envelope."""
    country: str | None = Field(default=None, pattern=r"^[A-Z]{2}$")
    """ISO 3166-1; the tenant's country where it is not given."""
    details: Text | None = None
    """What a rescuer must know to find the door: entrance, floor, gate."""


class Site(Model):
    """A place where users sit. The first site of the file is the one of users who name none."""

    title: Text | None = None
    """What people call it; the name where it is not given."""
    emergency_address: Address
    emergency_number: E164 | None = None
    """Shown in emergency calls from here and called back; the main number where it is not given."""
