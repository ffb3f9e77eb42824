"""Who takes part in probes: telephones of users, lines of the public network, and the network that is called.

- `Phone`: a telephone of a user, registered at the edge. Without a device it is the user's first one.
- `Outside`: a line of the public network that calls in, shown as its number.
- `AnyOf`: several telephones of which the platform chooses one; later steps mean the one that rang.
- `Network`: the public network that is called; it answers any number, on the ordinary trunk or on the emergency one.

Each is in at most one call at a time.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True, order=True)
class Phone:
    """`tenant` is empty for the probe's own tenant; `device` is empty for the user's first."""

    user: str
    device: str = ""
    tenant: str = ""

    def __str__(self) -> str:
        return "".join(
            (self.user, f"'s {self.device}" if self.device else "", f" of {self.tenant}" * bool(self.tenant))
        )


@dataclass(frozen=True, slots=True, order=True)
class Outside:
    number: str
    """Shown as the caller: E.164 with plus. Take one that no tenant has."""

    def __str__(self) -> str:
        return f"the caller {self.number}"


class Route(StrEnum):
    TRUNK = "trunk"
    EMERGENCY = "emergency"


@dataclass(frozen=True, slots=True, order=True)
class Network:
    route: Route = Route.TRUNK

    def __str__(self) -> str:
        return "the public network" if self.route is Route.TRUNK else "the emergency centre"


@dataclass(frozen=True, slots=True, order=True)
class AnyOf:
    """Whichever of several telephones is called: where a platform may choose, nobody else can know which."""

    phones: tuple[Phone, ...]

    def __str__(self) -> str:
        return " or ".join(map(str, self.phones))


Party = Phone | Outside | Network | AnyOf
Callee = Phone | AnyOf

ANYBODY = ""
"""Where a step may say which caller it expects: any."""


def example_caller(index: int) -> Outside:
    """A caller from the Swedish mobile numbers set aside for fiction (PTS, 070-174 06 05 … 99)."""
    return Outside(f"+467017406{5 + index % 95:02d}")
