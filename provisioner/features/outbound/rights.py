"""Who may open what is barred."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.core.feature import Scope
from provisioner.core.flows import Right

from .model import Outbound


def rights(outbound: Outbound, _: Scope) -> Iterator[Right]:
    for user in outbound.override.users if outbound.override else ():
        yield Right(user.name, "open barred calls by a PIN")
