"""Where callers go on from a queue, and who may log its members in and out."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.core.feature import Scope
from provisioner.core.flows import Flow, Right

from .model import Queue

FLOWS = (
    Flow(("members",), "rings", first=True),
    Flow(("overflow", "timeout"), "waited too long"),
    Flow(("overflow", "empty"), "nobody logged in"),
    Flow(("overflow", "unavailable"), "all pause"),
    Flow(("overflow", "full"), "queue full"),
)


def rights(queues: dict[str, Queue], _: Scope) -> Iterator[Right]:
    for name, queue in queues.items():
        for user in queue.administrators:
            yield Right(user.name, f"log members of the queue {name} in and out")
