"""Who may take whose calls."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.core.feature import Scope
from provisioner.core.flows import Right

from .model import PickupGroup


def rights(groups: dict[str, PickupGroup], _: Scope) -> Iterator[Right]:
    for name, group in groups.items():
        for user in group.members:
            yield Right(user.name, f"take calls of the pick-up group {name}")
