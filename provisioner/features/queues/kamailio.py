"""Queues at the edge: what keys may watch to show whether a member is there."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.core.feature import Scope
from provisioner.core.refs import Ref
from provisioner.targets.kamailio import members
from provisioner.targets.kamailio.objects import Light

from .model import Queue


def lower(queues: dict[str, Queue], scope: Scope) -> Iterator[Light]:
    codes = (scope.code("agent"), scope.code("pause"))
    for name, queue in queues.items():
        seats = ((member, ("queues", name, "members", index)) for index, member in enumerate(queue.refs))
        yield from members.watched(Ref("queue", name), queue.extension, codes, seats, scope)
