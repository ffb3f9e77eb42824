"""Who may listen to recorded calls."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.core.feature import Scope
from provisioner.core.flows import Right

from .model import Recording


def rights(section: Recording | None, _: Scope) -> Iterator[Right]:
    for user in section.listeners if section else ():
        yield Right(user.name, "listen to all recorded calls")
