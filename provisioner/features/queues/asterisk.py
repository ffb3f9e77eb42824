"""A queue in Asterisk: a section of queues.conf, perhaps a class of music, and the context that callers come through.

Members are dialled through the tenant's `ring` context, and a custom device state tells whether they are free: the
core has no endpoint of theirs to ask. A member whose state is not known yet has had no call and is free. The queue
counts as empty when all members are logged off or unreachable, not while they are merely on calls.
"""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.core.feature import Scope
from provisioner.core.refs import Ref
from provisioner.targets.asterisk import naming
from provisioner.targets.asterisk.objects import AsteriskObject, MusicClass, QueueMember, Route, Step, Steps
from provisioner.targets.asterisk.objects import Queue as AsteriskQueue
from provisioner.targets.asterisk.playing import heard_by_all, sound_for_all

from .model import Announce, Queue, Strategy

_STRATEGIES = {
    Strategy.ALL: "ringall",
    Strategy.LINEAR: "linear",
    Strategy.ROUND_ROBIN: "rrmemory",
    Strategy.RANDOM: "random",
    Strategy.LEAST_RECENT: "leastrecent",
    Strategy.FEWEST_CALLS: "fewestcalls",
}
_EMPTY = "paused,invalid,unavailable"


def lower(queues: dict[str, Queue], scope: Scope) -> Iterator[AsteriskObject]:
    for name, queue in queues.items():
        yield _queue(name, queue, scope)
        yield _route(name, queue, scope)
        if queue.music:
            sounds = tuple(sound_for_all(scope.sounds[each.name], scope.language) for each in queue.music)
            yield MusicClass(naming.music_class(scope.slug, name), sounds, ("queues", name, "music"))


def _queue(name: str, queue: Queue, scope: Scope) -> AsteriskQueue:
    path = ("queues", name)
    options = (
        ("strategy", _STRATEGIES[queue.strategy]),
        ("musicclass", naming.music_class(scope.slug, name) if queue.music else "default"),
        ("timeout", str(queue.ring_time)),
        # Otherwise the caller's own limit would take the place of the ring time, and one member would ring all along.
        ("timeoutpriority", "conf"),
        ("retry", "1"),
        ("wrapuptime", str(queue.wrap_up)),
        ("maxlen", str(queue.max_waiting or 0)),
        ("ringinuse", "no"),
        ("autofill", "yes"),
        ("joinempty", _EMPTY),
        ("leavewhenempty", _EMPTY),
        *(_announcements(queue.announce, scope) if queue.announce else ()),
    )
    members = tuple(
        QueueMember(
            naming.ring(scope.slug, member),
            member.name,
            naming.device_state(scope.slug, member.name),
            source=(*path, "members", index),
        )
        for index, member in enumerate(queue.members)
    )
    return AsteriskQueue(naming.queue(scope.slug, name), options, members, path)


def _announcements(announce: Announce, scope: Scope) -> Iterator[tuple[str, str]]:
    if announce.prompt:
        yield "periodic-announce", heard_by_all(scope.sounds[announce.prompt.name], scope.language)
        yield "periodic-announce-frequency", str(announce.every)
    if announce.position:
        yield "announce-position", "yes"
        yield "announce-holdtime", "no"
        yield "announce-frequency", str(announce.every)
        yield "min-announce-frequency", str(min(announce.every, 15))


def _route(name: str, queue: Queue, scope: Scope) -> Route:
    ref, path, say = Ref("queue", name), ("queues", name), Steps(scope.slug)
    overflow, where = queue.overflow, (*path, "overflow")
    context, extension = naming.destination(scope.slug, ref)
    is_full = (say.goto_if('"${QUEUESTATUS}" = "FULL"', overflow.full, (*where, "full")),) if overflow.full else ()
    steps = (
        say.enter(ref, path),
        say.answer(path),
        Step("Queue", f"{naming.queue(scope.slug, name)},,,,{queue.timeout}", source=(*path, "timeout")),
        *is_full,
        say.goto_if('"${QUEUESTATUS}" =~ "^JOIN|^LEAVE"', overflow.empty, (*where, "empty")),
        say.goto(overflow.timeout, (*where, "timeout")),
    )
    return Route(context, extension, steps, path)
