"""A ring group in Asterisk: one context that dials the members and goes on where the file says.

Users ring through the tenant's `ring` context, without their own forwarding: a group has its own `no_answer`. Whether
a user is on a call is asked of the custom device state that the platform keeps; an unknown state means no call yet.
"""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.core.feature import Scope
from provisioner.core.refs import Ref
from provisioner.core.source import Path
from provisioner.targets.asterisk import naming
from provisioner.targets.asterisk.objects import Route, Step, Steps

from .model import RingGroup, Strategy


def lower(groups: dict[str, RingGroup], scope: Scope) -> Iterator[Route]:
    for name, group in groups.items():
        yield _route(name, group, scope)


def _route(name: str, group: RingGroup, scope: Scope) -> Route:
    ref, path, say = Ref("ring_group", name), ("ring_groups", name), Steps(scope.slug)
    if group.strategy is Strategy.LINEAR:
        dials = tuple(_one_after_the_other(group, scope, (*path, "members")))
    else:
        dials = tuple(_all_at_once(group, scope, (*path, "members")))
    context, extension = naming.destination(scope.slug, ref)
    steps = (say.enter(ref, path), *dials, say.goto(group.no_answer, (*path, "no_answer"), label="unanswered"))
    return Route(context, extension, steps, path)


def _one_after_the_other(group: RingGroup, scope: Scope, path: Path) -> Iterator[Step]:
    for index, member in enumerate(group.members):
        dial, free = f"{naming.ring(scope.slug, member)},{group.ring_time}", _free(member, scope)
        if group.skip_busy and free:
            yield Step("ExecIf", f"$[{free}]?Dial({dial})", source=(*path, index))
        else:
            yield Step("Dial", dial, source=(*path, index))


def _all_at_once(group: RingGroup, scope: Scope, path: Path) -> Iterator[Step]:
    strings = [naming.ring(scope.slug, member) for member in group.members]
    if not group.skip_busy:
        yield Step("Dial", f"{'&'.join(strings)},{group.ring_time}", source=path)
        return
    yield Step("Set", "PBX_RING=", source=path)
    for index, (member, string) in enumerate(zip(group.members, strings, strict=True)):
        add = f"PBX_RING=${{PBX_RING}}&{string}"
        free = _free(member, scope)
        if free:
            yield Step("ExecIf", f"$[{free}]?Set({add})", source=(*path, index))
        else:
            yield Step("Set", add, source=(*path, index))
    yield Step("GotoIf", '$["${PBX_RING}" = ""]?unanswered', source=path)
    yield Step("Dial", f"${{PBX_RING:1}},{group.ring_time}", source=path)


def _free(member: Ref, scope: Scope) -> str:
    """Holds where a user is on no call; empty for members whose state nobody knows."""
    if member.kind != "user":
        return ""
    return f'"${{DEVICE_STATE({naming.device_state(scope.slug, member.name)})}}" != "INUSE"'
