"""Ring groups at the edge: what keys may watch to show whether a member is there."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.core.feature import Scope
from provisioner.core.refs import Ref
from provisioner.targets.kamailio import members
from provisioner.targets.kamailio.objects import Light

from .model import RingGroup


def lower(groups: dict[str, RingGroup], scope: Scope) -> Iterator[Light]:
    codes = (scope.code("agent"),)
    for name, group in groups.items():
        seats = ((member, ("ring_groups", name, "members", index)) for index, member in enumerate(group.members))
        yield from members.watched(Ref("ring_group", name), group.extension, codes, seats, scope)
