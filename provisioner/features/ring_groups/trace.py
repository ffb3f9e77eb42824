"""What a call does at a ring group: its members ring, all at once or one after the other, and one answers or nobody."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from provisioner.core.feature import Scope
from provisioner.core.refs import Ref
from provisioner.core.source import Path
from provisioner.core.trace import RANG, Around, Call, Ending, Move, Presence, Seat, Step, ends, goes

from .model import RingGroup, Strategy


def trace(groups: dict[str, RingGroup], ref: Ref, _: Scope, call: Call, around: Around) -> Move | None:
    group = groups.get(ref.name) if ref.kind == "ring_group" else None
    if group is None:
        return None
    path = ("ring_groups", ref.name)
    seats = [Seat(each, (*path, "members", index)) for index, each in enumerate(group.members)]
    found = around.seats(ref, seats, second=not group.skip_busy)
    if group.empty and all(each is Presence.OUT for each in found):
        return goes(call, [], group.empty, (*path, "empty"), "every member is logged out")
    # Where nobody is passed over for being busy, Dial is done all the same and finds telephones that are.
    dialled = [
        seat
        for seat, each in zip(seats, found, strict=True)
        if each is not Presence.OUT and not (group.skip_busy and each is Presence.BUSY)
    ]
    rung = [seat for seat, each in zip(seats, found, strict=True) if each is Presence.THERE]
    steps = [*_passed_over(seats, found), *_rings(group, rung, path)]
    if rung and (answered := around.answers([each.member for each in rung])):
        steps.append(Step(f"{answered} answers", path))
        return ends(call, steps, Ending.ANSWERED, str(answered))
    why = "nobody answers" if rung else "nobody's telephone rings"
    return goes(call.marked(RANG, "yes") if dialled else call, steps, group.no_answer, (*path, "no_answer"), why)


def _passed_over(seats: Sequence[Seat], found: Sequence[Presence]) -> Iterable[Step]:
    for seat, each in zip(seats, found, strict=True):
        if each is not Presence.THERE:
            yield Step(f"{seat.member} does not ring", seat.source, str(each))


def _rings(group: RingGroup, rung: Sequence[Seat], path: Path) -> Iterable[Step]:
    names = ", ".join(str(seat.member) for seat in rung)
    if group.strategy is Strategy.LINEAR:
        yield from (Step(f"{seat.member} rings for {group.ring_time} s", seat.source) for seat in rung)
    elif group.strategy.in_turn and len(rung) > 1:
        begins = "whose turn it is" if group.strategy is Strategy.ROUND_ROBIN else "any of them"
        rings = f"{names} ring one after the other, {group.ring_time} s each"
        yield Step(rings, (*path, "members"), f"beginning with {begins}")
    elif rung:
        yield Step(f"{names} ring{'s' if len(rung) == 1 else ''} for {group.ring_time} s", (*path, "members"))
