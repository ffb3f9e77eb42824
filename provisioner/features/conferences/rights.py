"""Who leads a conference."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.core.feature import Scope
from provisioner.core.flows import Right

from .model import Conference


def rights(conferences: dict[str, Conference], _: Scope) -> Iterator[Right]:
    for name, each in conferences.items():
        for user in each.leaders:
            yield Right(user.name, f"lead the conference {name}")
