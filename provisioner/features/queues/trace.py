"""What a call does in a queue: it is let in or not, a member answers, or the caller goes on where the overflow says."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from provisioner.core.feature import Scope
from provisioner.core.refs import Ref
from provisioner.core.source import Path
from provisioner.core.trace import RANG, Around, Call, Ending, Move, Presence, Seat, Step, ends, goes, hears

from .model import Queue


def trace(queues: dict[str, Queue], ref: Ref, scope: Scope, call: Call, around: Around) -> Move | None:
    queue = queues.get(ref.name) if ref.kind == "queue" else None
    if queue is None:
        return None
    path, onward = ("queues", ref.name), call.marked(RANG, "yes")
    seats = [Seat(each.member, (*path, "members", i), each.logged_in) for i, each in enumerate(queue.members)]
    found = around.seats(ref, seats)
    steps = _told(queue, scope, path, call)
    if all(each is Presence.OUT for each in found):
        return goes(onward, steps, queue.overflow.empty, (*path, "overflow", "empty"), "no member is logged in")
    if queue.max_waiting and around.full(ref):
        why, full = f"{queue.max_waiting} callers wait already", queue.overflow.full or queue.overflow.timeout
        return goes(onward, steps, full, (*path, "overflow", "full" if queue.overflow.full else "timeout"), why)
    steps += [Step(f"{seat.member} does not ring", seat.source, str(each)) for seat, each in _silent(seats, found)]
    if all(each in (Presence.OUT, Presence.UNREACHABLE) for each in found):
        rule = "unavailable" if queue.overflow.unavailable else "empty"
        to = queue.overflow.unavailable or queue.overflow.empty
        return goes(onward, steps, to, (*path, "overflow", rule), "no member who is logged in can be reached")
    rung = [seat.member for seat, each in zip(seats, found, strict=True) if each is Presence.THERE]
    steps += _waits(queue, scope, path, call, rung)
    if rung and (answered := around.answers(rung)):
        return ends(call, [*steps, Step(f"{answered} answers", path)], Ending.ANSWERED, str(answered))
    if queue.call_back and around.key((queue.call_back.key,)) == queue.call_back.key:
        kept = Step(
            "hangs up and is called when it is her turn", (*path, "call_back"), f"presses {queue.call_back.key}"
        )
        return ends(call, [*steps, kept], Ending.PLACE_KEPT, str(ref))
    why = f"nobody has answered within {queue.timeout} s"
    return goes(onward, steps, queue.overflow.timeout, (*path, "overflow", "timeout"), why)


def _told(queue: Queue, scope: Scope, path: Path, call: Call) -> list[Step]:
    if queue.recording is None:
        return []
    told, where = queue.recording.announcement, (*path, "recording")
    return [hears(call, scope, told, where) if told else Step("hears that the call is recorded", where)]


def _silent(seats: Sequence[Seat], found: Sequence[Presence]) -> list[tuple[Seat, Presence]]:
    return [pair for pair in zip(seats, found, strict=True) if pair[1] is not Presence.THERE]


def _waits(queue: Queue, scope: Scope, path: Path, call: Call, rung: Sequence[Ref]) -> Iterator[Step]:
    if queue.announce and queue.announce.prompt:
        every = f"every {queue.announce.every} s of waiting"
        yield hears(call, scope, queue.announce.prompt, (*path, "announce"), every)
    if not rung:
        yield Step("waits", path, "nobody who is logged in is free")
        return
    verb = "rings" if len(rung) == 1 else "ring"
    names = ", ".join(map(str, rung))
    yield Step(f"waits while {names} {verb} by the strategy {queue.strategy}", (*path, "members"))
