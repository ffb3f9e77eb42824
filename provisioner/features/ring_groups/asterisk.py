"""A ring group in Asterisk: one context that dials the members and goes on where the file says.

Users ring through the tenant's `ring` context, without their own forwarding: a group has its own `no_answer`. Whether
a user is on a call is asked of the custom device state that the platform keeps; an unknown state means no call yet.
Users who logged out are passed over (`agents`); a public number is always there.
"""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.core.feature import Scope
from provisioner.core.refs import Ref
from provisioner.core.source import Path
from provisioner.targets.asterisk import agents, naming
from provisioner.targets.asterisk.objects import AsteriskObject, Route, Step, Steps, Watched

from .model import RingGroup, Strategy


def lower(groups: dict[str, RingGroup], scope: Scope) -> Iterator[AsteriskObject]:
    for name, group in groups.items():
        yield _route(name, group, scope)
        yield from agents.routes(_seats(name, group, scope), scope)
        members = tuple((each.name, 0) for each in group.members)
        yield Watched("ring_group", name, group.title or name, members, scope.time_zone, source=("ring_groups", name))
    if groups:
        yield from agents.common([Ref("ring_group", name) for name in groups], scope)


def _seats(name: str, group: RingGroup, scope: Scope) -> agents.Seats:
    path = ("ring_groups", name)
    users = tuple(
        agents.Seat(each, naming.ring(scope.slug, each), source=(*path, "members", index))
        for index, each in enumerate(group.members)
        if each.kind == "user"
    )
    return agents.Seats(
        Ref("ring_group", name),
        users,
        tuple(group.administrators),
        extension=group.extension or "",
        verbs={scope.code("agent"): "toggle"},
        source=path,
    )


def _route(name: str, group: RingGroup, scope: Scope) -> Route:
    ref, path, say = Ref("ring_group", name), ("ring_groups", name), Steps(scope.slug)
    context, extension = naming.destination(scope.slug, ref)
    steps = (
        say.enter(ref, path),
        *_nobody(ref, group, say, path),
        *_DIALS[group.strategy](ref, group, scope, (*path, "members")),
        say.goto(group.no_answer, (*path, "no_answer"), label="unanswered"),
    )
    return Route(context, extension, steps, path)


def _nobody(ref: Ref, group: RingGroup, say: Steps, path: Path) -> Iterator[Step]:
    """Where every member is logged out; a public number never is."""
    if group.empty and all(each.kind == "user" for each in group.members):
        out = " & ".join(agents.is_out(say.slug, ref, each.name) for each in group.members)
        yield say.goto_if(out, group.empty, (*path, "empty"))


def _one_after_the_other(ref: Ref, group: RingGroup, scope: Scope, path: Path) -> Iterator[Step]:
    for index, member in enumerate(group.members):
        dial, rings = f"{naming.ring(scope.slug, member)},{group.ring_time}", _rings(ref, group, member, scope)
        if rings:
            yield Step("ExecIf", f"$[{rings}]?Dial({dial})", source=(*path, index))
        else:
            yield Step("Dial", dial, source=(*path, index))


def _in_turn(ref: Ref, group: RingGroup, scope: Scope, path: Path) -> Iterator[Step]:
    """Round the list once. Whose turn it is next stands in AstDB, and goes on from whoever rang last."""
    members, by_chance = len(group.members), group.strategy is Strategy.RANDOM
    turn = f"DB({naming.database_family(scope.slug)}/turn/{ref.kind}/{ref.name})"
    # The list may have become shorter since, and AstDB has nothing before the first call.
    begins = f"${{RAND(0,{members - 1})}}" if by_chance else f"$[0${{{turn}}} % {members}]"
    yield Step("Set", f"PBX_LEFT={members}", source=path)
    yield Step("Goto", f"member{begins}", source=path)
    for index, member in enumerate(group.members):
        where = (*path, index)
        rings = _rings(ref, group, member, scope) or "1"
        yield Step("GotoIf", f"$[{rings}]?:after{index}", label=f"member{index}", source=where)
        if not by_chance:
            yield Step("Set", f"{turn}={(index + 1) % members}", source=where)
        yield Step("Dial", f"{naming.ring(scope.slug, member)},{group.ring_time}", source=where)
        yield Step("Set", "PBX_LEFT=$[${PBX_LEFT} - 1]", label=f"after{index}", source=where)
        yield Step("GotoIf", "$[${PBX_LEFT} = 0]?unanswered", source=where)
    yield Step("Goto", "member0", source=path)


def _all_at_once(ref: Ref, group: RingGroup, scope: Scope, path: Path) -> Iterator[Step]:
    yield Step("Set", "PBX_RING=", source=path)
    for index, member in enumerate(group.members):
        add = f"PBX_RING=${{PBX_RING}}&{naming.ring(scope.slug, member)}"
        rings = _rings(ref, group, member, scope)
        if rings:
            yield Step("ExecIf", f"$[{rings}]?Set({add})", source=(*path, index))
        else:
            yield Step("Set", add, source=(*path, index))
    yield Step("GotoIf", '$["${PBX_RING}" = ""]?unanswered', source=path)
    yield Step("Dial", f"${{PBX_RING:1}},{group.ring_time}", source=path)


_DIALS = {
    Strategy.ALL: _all_at_once,
    Strategy.LINEAR: _one_after_the_other,
    Strategy.ROUND_ROBIN: _in_turn,
    Strategy.RANDOM: _in_turn,
}


def _rings(ref: Ref, group: RingGroup, member: Ref, scope: Scope) -> str:
    """Holds where a user is logged in and, where that counts, on no call; empty for members who always ring."""
    if member.kind != "user":
        return ""
    there = f"!({agents.is_out(scope.slug, ref, member.name)})"
    if not group.skip_busy:
        return there
    state = f"${{DEVICE_STATE({naming.device_state(scope.slug, member.name)})}}"
    return f'{there} & ${{REGEX("^(INUSE|RINGING)$" {state})}} = 0'
