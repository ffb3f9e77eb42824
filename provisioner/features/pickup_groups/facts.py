"""What other rooms may know of the tenant's pick-up groups: their phone codes, and who may take whose calls."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.core.codes import Claim, Service
from provisioner.core.feature import Scope
from provisioner.core.refs import Ref

from .model import PickupGroup

SERVICE = Service(
    "pickup", "*20", "takes a call that rings in the own pick-up group; with a colleague's extension behind it, hers"
)


def partners(groups: dict[str, PickupGroup]) -> dict[str, tuple[str, ...]]:
    """Member → everybody who shares a group with her, in the order of the file."""
    found: dict[str, dict[str, None]] = {}
    for group in groups.values():
        names = [each.name for each in group.members]
        for name in names:
            found.setdefault(name, {}).update((other, None) for other in names if other != name)
    return {name: tuple(others) for name, others in found.items()}


def codes(groups: dict[str, PickupGroup], scope: Scope) -> Iterator[Claim]:
    """The code alone, and with the extension of each member behind it."""
    if groups:
        own = {ref: extension for extension, ref in scope.extensions.items()}
        members = (Ref("user", name) for name, others in partners(groups).items() if others)
        tails = ("", *(own[ref] for ref in members if ref in own))
        yield Claim(scope.code(SERVICE.name), SERVICE.title, ("pickup_groups",), SERVICE.name, tails=tails)
