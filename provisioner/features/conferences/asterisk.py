"""A telephone conference in Asterisk: `<slug>.conference.<name>`, which lets people in, and a room of ConfBridge.

The profiles of room and member are set on the call itself, so that each line leads back to the tenant file and nothing
of it stays behind. Whoever comes first makes the room as it is then. What the room says goes to people of several
languages: it is said in the tenant's. Who comes in as a leader is `marked` to Asterisk, and its `admin`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from provisioner.core.feature import Scope
from provisioner.core.refs import Ref
from provisioner.core.source import Path
from provisioner.targets.asterisk import naming, pins
from provisioner.targets.asterisk.modules import SEAL
from provisioner.targets.asterisk.objects import LAST_WORDS, AsteriskObject, MusicClass, Route, Sound, Step, Steps
from provisioner.targets.asterisk.playing import heard, heard_by_all, sound_for_all
from provisioner.targets.asterisk.recordings import Recording

from . import said
from .facts import pin_secret
from .model import Conference

ASKED = pins.PLEASE
"""What everybody hears who is asked for a PIN."""
Options = Iterable[tuple[str, str]]
"""Options of one of ConfBridge's profiles."""

MOST, LOCKED_FOR = 10, 3600
"""Wrong PINs in a row until none opens, and seconds that it stays so."""

LEADERS_KEYS = {
    "1": "toggle_mute",
    "2": "admin_toggle_conference_lock",
    "3": "admin_kick_last",
    "4": "admin_toggle_mute_participants",
}
MEMBERS_KEYS = {"1": "toggle_mute"}


def lower(conferences: dict[str, Conference], scope: Scope) -> Iterator[AsteriskObject]:
    for name, each in conferences.items():
        path = ("conferences", name)
        context, extension = naming.destination(scope.slug, Ref("conference", name))
        yield Route(context, extension, tuple(_steps(name, each, context, scope, path)), path)
        if each.pin:
            yield Route(context, "ask", tuple(pins.guarded(_doors(name, scope), scope)), path)
            for leaders in (False, True):
                secret = pin_secret(scope.slug, name, leaders=leaders)
                yield from pins.objects(_box(name, leaders=leaders), secret, scope, path)
        if each.music:
            sounds = tuple(sound_for_all(scope.sounds[prompt.name], scope.language) for prompt in each.music)
            yield MusicClass(naming.conference_music(scope.slug, name), sounds, (*path, "music"))
    if conferences:
        yield from (Sound(recipe, ("conferences",)) for words in said.ALL for recipe in words.values())


def _box(name: str, *, leaders: bool) -> str:
    return f"{'leaders' if leaders else 'conference'}.{name}"


def _doors(name: str, scope: Scope) -> pins.Doors:
    return pins.Doors(
        entry=naming.conference_wrong(scope.slug, name),
        opens={
            "leader": pins.kept(scope.slug, _box(name, leaders=True)),
            "member": pins.kept(scope.slug, _box(name, leaders=False)),
        },
        most=MOST,
        locked_for=LOCKED_FOR,
        locked=said.PIN_LOCKED,
        event=f"conference-locked {name}",
    )


def _steps(name: str, conference: Conference, context: str, scope: Scope, path: Path) -> Iterator[Step]:
    say, room = Steps(scope.slug), naming.conference(scope.slug, name)
    yield say.enter(Ref("conference", name), path)
    yield say.answer(path)
    if conference.leaders:
        names = "|".join(each.name for each in conference.leaders)
        yield Step("GotoIf", f'${{REGEX("^({names})$" ${{PBX_USER}})}}?leader', source=(*path, "leaders"))
    if conference.pin:
        if conference.colleagues:
            yield Step("GotoIf", '$["${PBX_USER}" != ""]?member', source=(*path, "colleagues"))
        yield Step("Gosub", f"{context},ask,1", source=path)
        yield Step("GotoIf", '$["${GOSUB_RETVAL}" = "leader"]?leader', source=path)
        yield Step("GotoIf", '$["${GOSUB_RETVAL}" != "member"]?end', source=path)
    full = f"$[${{CONFBRIDGE_INFO(parties,{room})}} >= {conference.max_members}]?full"
    yield Step("GotoIf", full, "member", (*path, "max_members"))
    yield from _profile("user", _member(conference), path)
    yield from _keys(MEMBERS_KEYS, said.MEMBERS_KEYS, scope, path)
    if conference.wait_for_leader and not conference.announce:
        alone = f"$[${{CONFBRIDGE_INFO(marked,{room})}} = 0]"
        yield Step("ExecIf", f"{alone}?Playback({heard(said.WAITS, scope.language)})", source=(*path, "announce"))
    yield Step("Goto", "join", source=path)
    if conference.pin or conference.leaders:
        yield from _profile("user", (("admin", "yes"), ("marked", "yes")), path, label="leader")
        yield from _keys(LEADERS_KEYS, said.LEADERS_KEYS, scope, path)
    yield from _join(name, conference, scope, path)
    yield replace(LAST_WORDS, label="end", source=path)
    yield Step("Hangup", source=path)
    yield Step("Playback", heard(said.FULL, scope.language), "full", (*path, "max_members"))
    yield Step("Hangup", source=path)


def _join(name: str, conference: Conference, scope: Scope, path: Path) -> Iterator[Step]:
    yield Step("NoOp", label="join", source=path)
    if conference.greeting:
        yield Step("Playback", heard(scope.sounds[conference.greeting.name], scope.language), "", (*path, "greeting"))
    if conference.recording:
        own = conference.recording.announcement
        sounds = scope.sounds[own.name] if own else said.RECORDED
        yield Step("Playback", heard(sounds, scope.language), source=(*path, "recording"))
    yield from _profile("user", _everybody(name, conference, scope), path)
    yield from _profile("bridge", (("max_members", str(conference.max_members)),), (*path, "max_members"))
    yield from _profile("bridge", _said_by_the_room(scope.language), path)
    if conference.recording:
        yield from _profile("bridge", _recorded(name, scope), (*path, "recording"))
    yield Step("ConfBridge", naming.conference(scope.slug, name), source=path)
    if not conference.announce:
        for why, words in (("KICKED", said.REMOVED), ("ENDMARKED", said.LEADER_LEFT)):
            told = f'$["${{CONFBRIDGE_RESULT}}" = "{why}"]?Playback({heard(words, scope.language)})'
            yield Step("ExecIf", told, source=(*path, "announce"))


def _member(conference: Conference) -> Iterator[tuple[str, str]]:
    yield "admin", "no"
    if conference.wait_for_leader:
        yield "wait_marked", "yes"
    if conference.end_with_leader:
        yield "end_marked", "yes"


def _everybody(name: str, conference: Conference, scope: Scope) -> Iterator[tuple[str, str]]:
    """Where `quiet` keeps the room from telling who comes, it also keeps from a member what is said to her alone: the
    dialplan says that instead."""
    yield "quiet", "no" if conference.announce else "yes"
    yield "music_on_hold_when_empty", "yes"
    yield "music_on_hold_class", naming.conference_music(scope.slug, name) if conference.music else "default"


def _said_by_the_room(language: str) -> Iterator[tuple[str, str]]:
    return ((option, heard_by_all(words, language)) for option, words in said.OF_THE_ROOM.items())


def _recorded(name: str, scope: Scope) -> Iterator[tuple[str, str]]:
    """Asterisk's own name for the file would say nothing to the program that seals it."""
    beginning = Recording("conference", name, number="").beginning(scope.slug)
    yield "record_file", f"{beginning}${{EPOCH}}_${{UNIQUEID}}_1.sln"
    yield "record_file_timestamp", "no"
    yield "record_file_append", "no"
    yield "record_command", SEAL
    yield "record_conference", "yes"


def _keys(keys: dict[str, str], help: said.Words, scope: Scope, path: Path) -> Iterator[Step]:
    told = {"*": f"playback({heard_by_all(help, scope.language)})"}
    yield from _profile("menu", (keys | told).items(), path)


def _profile(what: str, options: Options, path: Path, *, label: str = "") -> Iterator[Step]:
    for option, value in options:
        yield Step("Set", f"CONFBRIDGE({what},{option})={value}", label, path)
        label = ""
