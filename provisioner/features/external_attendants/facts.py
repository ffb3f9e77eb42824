"""What other rooms may know of the tenant's external attendants: what must have been bought, and their numbers."""

from __future__ import annotations

from dataclasses import replace

from provisioner.core.capabilities import Capability
from provisioner.core.feature import Files, Scope, Use

from .model import ExternalAttendant


def contribute(attendants: dict[str, ExternalAttendant], scope: Scope, _: Files) -> Scope:
    uses = tuple(Use(Capability.EXTERNAL_ATTENDANT, ("external_attendants", name)) for name in attendants)
    numbers = {each.number: ("external_attendants", name, "number") for name, each in attendants.items()}
    return replace(scope, uses=(*scope.uses, *uses), attendant_numbers=numbers) if attendants else scope
