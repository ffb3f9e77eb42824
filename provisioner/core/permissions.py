"""Whom a user may call: the classes of calls in the order of what they cost, each with all those before it."""

from __future__ import annotations

from enum import StrEnum


class CallPermission(StrEnum):
    """Whom a user may call, each with all those before it. Emergency calls always pass."""

    INTERNAL = "internal"
    """Colleagues and the tenant's own numbers."""
    NATIONAL = "national"
    """Fixed lines of the country, freephone and short numbers."""
    MOBILE = "mobile"
    """Mobile phones of the country."""
    INTERNATIONAL = "international"
    """All other countries."""
    PREMIUM = "premium"
    """Premium-rate numbers and satellite networks."""

    @property
    def level(self) -> int:
        """How the dialplan compares permissions: 0 for internal up to 4 for premium."""
        return list(CallPermission).index(self)
