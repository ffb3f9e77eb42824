"""What other rooms may know of the tenant's queues: what must have been bought, and the phone codes of members."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from provisioner.core.capabilities import Capability
from provisioner.core.codes import Claim, for_another
from provisioner.core.feature import Files, Scope, Use
from provisioner.core.holdings import Holding, entries
from provisioner.core.refs import Ref

from .model import Queue


def contribute(queues: dict[str, Queue], scope: Scope, _: Files) -> Scope:
    uses = tuple(use for name, queue in queues.items() for use in _uses(name, queue))
    return replace(scope, uses=scope.uses + uses)


def _uses(name: str, queue: Queue) -> Iterator[Use]:
    path = ("queues", name)
    announce = queue.announce
    if announce and (announce.position or announce.wait):
        yield Use(Capability.ACD, (*path, "announce"))
    elif queue.wrap_up:
        yield Use(Capability.ACD, (*path, "wrap_up"))
    if queue.call_back:
        yield Use(Capability.QUEUE_CALLBACK, (*path, "call_back"))
    if queue.recording:
        yield Use(Capability.RECORDING, (*path, "recording"))
    for way in ("timeout", "empty", "unavailable", "full"):
        to: Ref | None = getattr(queue.overflow, way)
        if to and to.kind == "number":
            yield Use(Capability.EXTERNAL_OVERFLOW, (*path, "overflow", way))


def codes(queues: dict[str, Queue], scope: Scope) -> Iterator[Claim]:
    """The code, the queue's extension, and for another member a star and that member's extension."""
    own = {ref: extension for extension, ref in scope.extensions.items()}
    for name, queue in queues.items():
        if not queue.extension:
            continue
        others = (for_another(queue.extension, own[ref]) for ref in dict.fromkeys(queue.refs) if ref in own)
        tails = (queue.extension, *others)
        path = ("queues", name, "extension")
        yield Claim(scope.code("agent"), f"logs in or out of the queue {name}, or a member", path, "agent", tails)
        yield Claim(scope.code("pause"), f"pauses in the queue {name}, or goes on", path, "pause", tails)


def holds(section: Any) -> Iterator[tuple[Holding, str]]:
    """Queues whose calls are recorded; of the section as written."""
    for name, entry in entries(section).items():
        if entry.get("recording") is not None:
            yield Holding.RECORDINGS, f"queue {name}"
