"""Where callers go on from a ring group, and who may log its members in and out."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.core.feature import Scope
from provisioner.core.flows import Flow, Right

from .model import RingGroup

FLOWS = (
    Flow(("members",), "rings", first=True),
    Flow(("no_answer",), "no answer"),
    Flow(("empty",), "nobody logged in"),
)


def rights(groups: dict[str, RingGroup], _: Scope) -> Iterator[Right]:
    for name, group in groups.items():
        for user in group.administrators:
            yield Right(user.name, f"log members of the group {name} in and out")
