"""A ring group in Asterisk: one context that dials the members and goes on where the file says."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.core.feature import Scope
from provisioner.core.refs import Ref
from provisioner.targets.asterisk import naming
from provisioner.targets.asterisk.objects import AsteriskObject, Route, Step, Steps

from .model import RingGroup, Strategy


def lower(groups: dict[str, RingGroup], scope: Scope) -> Iterator[AsteriskObject]:
    for name, group in groups.items():
        yield _route(name, group, scope)


def _route(name: str, group: RingGroup, scope: Scope) -> Route:
    ref, path, say = Ref("ring_group", name), ("ring_groups", name), Steps(scope.slug)
    rounds = [[each] for each in group.members] if group.strategy is Strategy.LINEAR else [group.members]
    dials = (
        Step(
            "Dial",
            f"{'&'.join(naming.ring(scope.slug, member) for member in members)},{group.ring_time}",
            source=(*path, "members"),
        )
        for members in rounds
    )
    context, extension = naming.destination(scope.slug, ref)
    steps = (say.enter(ref, path), *dials, say.goto(group.no_answer, (*path, "no_answer")))
    return Route(context, extension, steps, path)
