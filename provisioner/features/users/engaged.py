"""Users who take one call at a time, in Asterisk: whether a second one rings, and their callers who wait meanwhile.

`<slug>.engaged` tells the platform (`pbx.line`) whether calls to a user are to find her busy while she is on one: what
she chose by phone, else what the file says. All her telephones count, and calls that ring count as calls. With a
personal queue (`<slug>.waiting.<user>`) such callers wait for her, the only member, and ring as soon as she is free;
whom it does not let in, or does not serve in time, goes on by her rule for busy telephones.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from provisioner.core.artifacts import Recipe
from provisioner.core.codes import Service
from provisioner.core.feature import Scope
from provisioner.core.refs import Ref
from provisioner.core.source import Path
from provisioner.core.spoken import spoken
from provisioner.targets.asterisk import counting, naming
from provisioner.targets.asterisk.objects import AsteriskObject, MusicClass, Queue, Route, Sound, Step, Steps
from provisioner.targets.asterisk.playing import heard, sound_for_all

from .model import PersonalQueue, User

SERVICE = Service("call-waiting", "*43", "lets calls ring while she is on one, or not any more")
SOURCE: Path = ("users",)
ANY_USER = "_[a-z][a-z0-9]!"
CHOICES: Mapping[str, Mapping[str, Recipe]] = {
    "on": spoken(sv="Samtal väntar: ett andra samtal ringer.", en="Call waiting is on: a second call rings."),
    "off": spoken(sv="Samtal väntar är av.", en="Call waiting is off."),
}
"""What she chooses, and what she hears then."""
ANNOUNCED = 30
"""Seconds between two announcements of a caller's place."""


def any_say(users: Mapping[str, User]) -> bool:
    """Whether the file speaks of it at all; where it does not, telephones ring as they like."""
    return any(user.call_waiting is not None or user.waiting for user in users.values())


def lower(users: Mapping[str, User], scope: Scope) -> Iterator[AsteriskObject]:
    if not any_say(users):
        return
    context, family = naming.context(scope.slug, naming.ENGAGED), naming.database_family(scope.slug)
    kept = f"${{DB({family}/{naming.CALL_WAITING}${{EXTEN}})}}"
    rings = (Step("Set", f'PBX_ENGAGED=${{IF($["{kept}" = "off"]?yes:)}}'), Step("Return"))
    alone = (Step("Set", f'PBX_ENGAGED=${{IF($["{kept}" = "on"]?:yes)}}'), Step("Return"))
    yield Route(context, ANY_USER, rings, SOURCE)
    for name, user in users.items():
        if user.call_waiting is False or user.waiting:
            yield Route(context, name, alone, ("users", name))
        if user.waiting:
            yield from _queue(name, user, user.waiting, scope)
    if any(user.waiting for user in users.values()):
        yield from counting.sounds(scope.language)
    yield Route(naming.context(scope.slug, "service"), scope.code(SERVICE.name), tuple(_toggle(scope)), SOURCE)
    yield from (Sound(recipe, SOURCE) for words in CHOICES.values() for recipe in words.values())


def _toggle(scope: Scope) -> Iterator[Step]:
    entry = f"{naming.database_family(scope.slug)}/{naming.CALL_WAITING}${{PBX_USER}}"
    yield Step("Gosub", f"{naming.context(scope.slug, naming.ENGAGED)},${{PBX_USER}},1")
    yield Step("Set", 'PBX_CHOICE=${IF($["${PBX_ENGAGED}" = "yes"]?on:off)}')
    yield Step("Set", f"DB({entry})=${{PBX_CHOICE}}")
    yield Steps(scope.slug).answer(SOURCE)
    for choice, words in CHOICES.items():
        yield Step("ExecIf", f'$["${{PBX_CHOICE}}" = "{choice}"]?Playback({heard(words, scope.language)})')
    yield Step("Hangup")


def _queue(name: str, user: User, waiting: PersonalQueue, scope: Scope) -> Iterator[AsteriskObject]:
    path, own = ("users", name, "waiting"), naming.music_class(scope.slug, _called(name))
    # A member of this kind is rung by her telephones alone, and is free when her line is.
    member = f"{naming.ring(scope.slug, Ref('user', name))},0,{name},{naming.device_state(scope.slug, name)}"
    options = (
        ("strategy", "ringall"),
        ("musicclass", own if waiting.music else "default"),
        ("timeout", str(user.ring_time)),
        ("timeoutpriority", "conf"),
        ("retry", "1"),
        ("maxlen", str(waiting.max_waiting)),
        ("ringinuse", "no"),
        ("autofill", "yes"),
        ("announce-position", "more"),
        ("announce-position-limit", str(counting.LIMIT)),
        ("announce-holdtime", "no"),
        ("announce-frequency", str(ANNOUNCED)),
        *counting.options(),
        ("member", member),
    )
    yield Queue(naming.queue(scope.slug, _called(name)), options, path)
    if waiting.music:
        sounds = tuple(sound_for_all(scope.sounds[each.name], scope.language) for each in waiting.music)
        yield MusicClass(own, sounds, (*path, "music"))


def in_line(name: str, scope: Scope) -> Step:
    """Before her telephones are asked: nobody gets ahead of those who wait."""
    others = f"${{QUEUE_WAITING_COUNT({naming.queue(scope.slug, _called(name))})}}"
    return Step("GotoIf", f"$[0{others} > 0]?wait", source=("users", name, "waiting"))


def wait(name: str, timeout: int, scope: Scope) -> Iterator[Step]:
    """After her telephones were asked: who found her on a call waits, and comes back here in vain."""
    path = ("users", name, "waiting")
    yield Step("GotoIf", f'$["${{PBX_ALSO}}" != "{naming.ENGAGED_LINE}"]?not', source=path)
    yield Step("Answer", "", "wait", path)
    yield Step("Set", "PBX_LANGUAGE=${CHANNEL(language)}", source=path)
    yield Step("Set", f"CHANNEL(language)={counting.call_language(scope.language)}", source=path)
    # C: telephones that ring in vain show no missed call.
    yield Step("Queue", f"{naming.queue(scope.slug, _called(name))},C,,,{timeout}", source=path)
    yield Step("Set", "CHANNEL(language)=${PBX_LANGUAGE}", source=path)
    yield Step("Set", "DIALSTATUS=BUSY", source=path)
    yield Step("NoOp", label="not", source=path)


def _called(name: str) -> str:
    return f"waiting.{name}"
