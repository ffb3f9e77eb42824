"""A queue in Asterisk: a section of queues.conf, perhaps a class of music, and the context that callers come through.

Members are dialled through `<slug>.agent` (`members`), and a custom device state tells whether they are free: the core
has no endpoint of theirs to ask. A member whose state is not known yet has had no call and is free. The queue counts
as empty when all members are logged off or unreachable, not while they are merely on calls.

Callers stand in the order of QUEUE_PRIO, which is the moment when they joined, less their head start. So whoever comes
back into the queue with that moment, as a call-back does, comes back to her place.
"""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.core.feature import Scope
from provisioner.core.refs import PromptName, Ref
from provisioner.core.source import Path
from provisioner.core.spoken import spoken
from provisioner.targets.asterisk import counting, naming
from provisioner.targets.asterisk.objects import AsteriskObject, MusicClass, Route, Sound, Step, Steps, Watched
from provisioner.targets.asterisk.objects import Queue as AsteriskQueue
from provisioner.targets.asterisk.playing import heard, heard_by_all, sound_for_all

from . import call_back, members
from .model import Announce, HeadStart, Queue, Strategy

_STRATEGIES = {
    Strategy.ALL: "ringall",
    Strategy.LINEAR: "linear",
    Strategy.ROUND_ROBIN: "rrmemory",
    Strategy.RANDOM: "random",
    Strategy.LEAST_RECENT: "leastrecent",
    Strategy.FEWEST_CALLS: "fewestcalls",
}
_EMPTY = "paused,invalid,unavailable"

RECORDED = spoken(sv="Samtalet spelas in.", en="This call is being recorded.")

EPOCH = 1_767_225_600
"""2026 in seconds since 1970: what QUEUE_PRIO counts from, for Asterisk keeps it in 32 bits."""


def lower(queues: dict[str, Queue], scope: Scope) -> Iterator[AsteriskObject]:
    for name, queue in queues.items():
        yield _queue(name, queue, scope)
        yield _route(name, queue, scope)
        yield from members.come_and_go(name, queue, scope)
        if queue.music:
            sounds = tuple(sound_for_all(scope.sounds[each.name], scope.language) for each in queue.music)
            yield MusicClass(naming.music_class(scope.slug, name), sounds, ("queues", name, "music"))
        yield _watched(name, queue, scope)
    if queues:
        yield from members.rung(queues, scope)
    yield from call_back.lower(queues, scope)
    yield from _said_while_waiting(queues, scope)
    if any(queue.recording and not queue.recording.announcement for queue in queues.values()):
        yield from (Sound(recipe, ("queues",)) for recipe in RECORDED.values())


def _watched(name: str, queue: Queue, scope: Scope) -> Watched:
    seats = tuple((each.member.name, each.penalty) for each in queue.members)
    title, path = queue.title or name, ("queues", name)
    return Watched("queue", name, title, seats, scope.time_zone, queue.service_level, queue.wrap_up, path)


def _counts(queue: Queue) -> bool:
    return bool(queue.announce and (queue.announce.position or queue.announce.wait))


def _prompts(queue: Queue) -> list[PromptName]:
    if not queue.announce:
        return []
    return [*([queue.announce.prompt] if queue.announce.prompt else ()), *queue.announce.further]


def _languages(queue: Queue, scope: Scope) -> list[str]:
    """In which callers may wait: the tenant's, those of its prompts, and those in which places are said."""
    tags = {tag for each in _prompts(queue) for tag in scope.sounds[each.name] if tag}
    return sorted({each[:2] for each in (scope.language, *tags, *(counting.LANGUAGES if _counts(queue) else ()))})


def _said_while_waiting(queues: dict[str, Queue], scope: Scope) -> Iterator[Sound]:
    counted = {each for queue in queues.values() if _counts(queue) for each in _languages(queue, scope)}
    for language in sorted(counted):
        yield from counting.sounds(language)
    for queue in queues.values():
        for each in _prompts(queue):
            yield from counting.prompt_sounds(scope.sounds[each.name], _languages(queue, scope), scope.language)


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
        ("weight", str(queue.weight)),
        ("servicelevel", str(queue.service_level)),
        ("ringinuse", "no"),
        ("autofill", "yes"),
        ("joinempty", _EMPTY),
        ("leavewhenempty", _EMPTY),
        *([("announce", heard_by_all(scope.sounds[queue.whisper.name], scope.language))] if queue.whisper else ()),
        *([("context", call_back.keys(scope.slug, name))] if queue.call_back else ()),
        *(_announcements(queue.announce, _prompts(queue), scope) if queue.announce else ()),
    )
    return AsteriskQueue(naming.queue(scope.slug, name), options, path)


def _announcements(announce: Announce, prompts: list[PromptName], scope: Scope) -> Iterator[tuple[str, str]]:
    if prompts:
        yield "periodic-announce", ",".join(counting.prompt(scope.sounds[each.name]) for each in prompts)
        yield "periodic-announce-frequency", str(announce.every)
    if announce.position or announce.wait:
        yield "announce-position", "more" if announce.position else "no"
        yield "announce-position-limit", str(counting.LIMIT)
        yield "announce-holdtime", "yes" if announce.wait else "no"
        yield "announce-frequency", str(announce.every)
        yield "min-announce-frequency", str(min(announce.every, 15))
        yield from counting.options()


def _route(name: str, queue: Queue, scope: Scope) -> Route:
    ref, path, say = Ref("queue", name), ("queues", name), Steps(scope.slug)
    context, extension = naming.destination(scope.slug, ref)
    steps = (
        say.enter(ref, path),
        say.answer(path),
        *_told_of_recording(name, queue, scope),
        *_place(queue.head_starts, (*path, "head_starts")),
        *_wait(name, queue, scope),
        *_overflow(name, queue, say, (*path, "overflow")),
    )
    return Route(context, extension, steps, path)


def _told_of_recording(name: str, queue: Queue, scope: Scope) -> Iterator[Step]:
    if queue.recording:
        own = queue.recording.announcement
        sounds = scope.sounds[own.name] if own else RECORDED
        yield Step("Playback", heard(sounds, scope.language), source=("queues", name, "recording"))


def _place(starts: list[HeadStart], path: Path) -> Iterator[Step]:
    """QUEUE_PRIO: the higher, the further in front."""
    if not starts:
        yield Step("Set", f"QUEUE_PRIO=$[{EPOCH} - ${{EPOCH}}]", source=path)
        return
    yield Step("Set", "PBX_AHEAD=", source=path)
    # The furthest ahead first: it counts where several fit.
    for index, start in sorted(enumerate(starts), key=lambda each: -each[1].ahead):
        fits = [
            *([_begins("CALLERID(num)", start.callers, "")] if start.callers else ()),
            *([_begins("PBX_DIALLED", start.called, "$")] if start.called else ()),
        ]
        condition = " & ".join(['"${PBX_AHEAD}" = ""', *fits])
        yield Step("ExecIf", f"$[{condition}]?Set(PBX_AHEAD={start.ahead})", source=(*path, index))
    yield Step("Set", f"QUEUE_PRIO=$[{EPOCH} - ${{EPOCH}} + 0${{PBX_AHEAD}}]", source=path)


def _begins(variable: str, beginnings: list[str], end: str) -> str:
    either = "|".join(each.lstrip("+") for each in beginnings)
    return f'${{REGEX("^[+]?({either}){end}" ${{{variable}}})}} = 1'


def _wait(name: str, queue: Queue, scope: Scope) -> Iterator[Step]:
    path = ("queues", name)
    if queue.call_back:
        yield from _waits_on(name, queue, scope, (*path, "call_back"))
    if queue.recording:
        yield members.recorded(name, scope)
    if queue.announce:
        yield Step("Set", "PBX_LANGUAGE=${CHANNEL(language)}", source=(*path, "announce"))
        yield Step("Set", f"CHANNEL(language)={_waits_in(queue, scope)}", source=(*path, "announce"))
    left = f"$[{queue.timeout} - ${{EPOCH}} + ${{PBX_SINCE}}]" if queue.call_back else str(queue.timeout)
    # C: telephones that ring in vain show no missed call.
    yield Step("Queue", f"{naming.queue(scope.slug, name)},C,,,{left}", source=(*path, "timeout"))
    if queue.announce:
        yield Step("Set", "CHANNEL(language)=${PBX_LANGUAGE}", source=(*path, "announce"))
    if queue.recording:
        yield Step("StopMixMonitor", source=(*path, "recording"))
    if queue.call_back:
        yield Step("NoOp", label="over", source=(*path, "call_back"))


def _waits_on(name: str, queue: Queue, scope: Scope, path: Path) -> Iterator[Step]:
    """Who presses the key and thinks better of it comes back to `wait`, and has waited meanwhile.

    When her time went by among the keys she overflows like any other, and the queue log says so in Asterisk's own form:
    place, first place, seconds.
    """
    waited = "$[${EPOCH} - ${PBX_SINCE}]"
    log = f"{naming.queue(scope.slug, name)},${{UNIQUEID}},NONE,EXITWITHTIMEOUT,0|0|{waited}"
    yield Step("Set", "PBX_SINCE=${EPOCH}", source=path)
    yield Step("GotoIf", f"$[{waited} < {queue.timeout}]?stand", label="wait", source=path)
    yield Step("Set", "QUEUESTATUS=TIMEOUT", source=path)
    yield Step("QueueLog", log, source=path)
    yield Step("Goto", "over", source=path)
    yield Step("NoOp", label="stand", source=path)


def _waits_in(queue: Queue, scope: Scope) -> str:
    """The language of the call while it waits, by the language that the caller has."""
    chosen = counting.call_language(scope.language)
    for other in _languages(queue, scope):
        if (language := counting.call_language(other)) != counting.call_language(scope.language):
            chosen = f'${{IF($["${{PBX_LANGUAGE:0:2}}" = "{other}"]?{language}:{chosen})}}'
    return chosen


def _overflow(name: str, queue: Queue, say: Steps, path: Path) -> Iterator[Step]:
    ways = queue.overflow
    # Asterisk logs nothing of whom it does not let in; the figures count them.
    refused = f"QueueLog({naming.queue(say.slug, name)},${{UNIQUEID}},NONE,REFUSED,${{QUEUESTATUS}})"
    yield Step("ExecIf", f'$["${{QUEUESTATUS}}" =~ "^FULL|^JOIN"]?{refused}', source=path)
    if ways.full:
        yield say.goto_if('"${QUEUESTATUS}" = "FULL"', ways.full, (*path, "full"))
    left = '"${QUEUESTATUS}" =~ "^JOIN|^LEAVE"'
    if ways.unavailable:
        somebody = f"${{QUEUE_MEMBER({naming.queue(say.slug, name)},count)}} > 0"
        yield say.goto_if(f"({left}) & {somebody}", ways.unavailable, (*path, "unavailable"))
    yield say.goto_if(left, ways.empty, (*path, "empty"))
    yield say.goto(ways.timeout, (*path, "timeout"))
