"""A voice attendant in Asterisk: the question, the recogniser's answer, and a place for everything that may be said.

For each question a connection to the recogniser is made and given up, so nothing outlives a call. A key ends the
question at once and counts without any recogniser. What was said is looked up as an extension `said-…` of the
attendant's own context: the recogniser can name nothing that the tenant file does not.
"""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.core.artifacts import Speech
from provisioner.core.feature import Scope
from provisioner.core.refs import Ref
from provisioner.core.source import Path
from provisioner.targets.asterisk import naming
from provisioner.targets.asterisk.core_node import SPEECH_ENGINE
from provisioner.targets.asterisk.objects import AsteriskObject, Route, Sound, Step, Steps, Vocabulary
from provisioner.targets.asterisk.playing import heard, language_of_call

from .model import Retry, VoiceAttendant
from .vocabulary import entries, languages, texts

TALK = 16
"""Seconds that are waited beyond `timeout`: the longest answer is 8 s, and the recogniser decides within 8 s."""


def lower(attendants: dict[str, VoiceAttendant], scope: Scope) -> Iterator[AsteriskObject]:
    for name, attendant in attendants.items():
        yield from _attendant(name, attendant, scope)


def _attendant(name: str, attendant: VoiceAttendant, scope: Scope) -> Iterator[AsteriskObject]:
    ref, path, say = Ref("voice_attendant", name), ("voice_attendants", name), Steps(scope.slug)
    understood = {tag: texts(attendant, scope, tag) for tag in languages(attendant, scope)}
    yield Vocabulary(name, understood, path)
    context, extension = naming.destination(scope.slug, ref)
    yield Route(context, extension, tuple(_question(name, attendant, scope, path)), path)
    for key, destination in attendant.keys.items():
        yield Route(context, key, (say.goto(destination, (*path, "keys", key)),), (*path, "keys", key))
    for entry in entries(name, attendant, scope):
        if not any(entry.id in each for each in understood.values()):
            continue
        told = connecting(entry.usual)
        steps = (Step("Playback", heard(told, scope.language), source=entry.path), say.goto(entry.destination))
        yield Route(context, f"said-{entry.id}", steps, entry.path)
        yield from (Sound(recipe, entry.path) for recipe in told.values())
    yield Route(context, "silent", tuple(_again(attendant.no_input, attendant, scope, path, "no_input")), path)
    unclear = tuple(_again(attendant.not_understood, attendant, scope, path, "not_understood"))
    yield Route(context, "unclear", unclear, path)


def connecting(usual: str) -> dict[str, Speech]:
    """What the caller hears once she is understood, so that she can hang up where she was not."""
    return {
        language: Speech(text, language)
        for language, text in {"sv": f"Jag kopplar till {usual}.", "en": f"Connecting you to {usual}."}.items()
    }


def _question(name: str, attendant: VoiceAttendant, scope: Scope, path: Path) -> Iterator[Step]:
    say = Steps(scope.slug)
    context, _ = naming.destination(scope.slug, Ref("voice_attendant", name))
    yield say.enter(Ref("voice_attendant", name), path)
    yield say.answer(path)
    yield Step("Set", "PBX_FAILED=0", source=path)
    yield Step("Set", "SPEECH_DTMF_MAXLEN=1", source=path)
    yield Step("Set", "SPEECH_DTMF_TERMINATOR=", source=path)
    yield Step("SpeechCreate", SPEECH_ENGINE, "ask", path)
    yield say.goto_if('"${ERROR}" = "1"', attendant.otherwise, (*path, "otherwise"))
    vocabulary = f"{scope.slug}/{name}/{_language(attendant, scope)}"
    yield Step("Set", f"SPEECH_ENGINE(vocabulary)={vocabulary}", source=path)
    question = heard(scope.sounds[attendant.prompt.name], scope.language)
    yield Step("SpeechBackground", f"{question},{attendant.timeout + TALK}", source=(*path, "prompt"))
    yield Step("Set", "PBX_ANSWERS=${SPEECH(results)}", source=path)
    yield Step("GotoIf", "$[0${PBX_ANSWERS} = 0]?silent,1", source=path)
    facts = (
        "PBX_SAID=${FILTER(a-z0-9*#\\x2d,${SPEECH_TEXT(0)})},PBX_SURE=${SPEECH_SCORE(0)},PBX_BY=${SPEECH_GRAMMAR(0)}"
    )
    yield Step("MSet", facts, source=path)
    yield Step("SpeechDestroy", source=path)
    yield Step("ExecIf", '$["${PBX_BY}" != "dtmf"]?Set(PBX_SAID=said-${PBX_SAID})', source=path)
    yield Step("GotoIf", f"$[0${{PBX_SURE}} < {attendant.confidence}]?unclear,1", source=(*path, "confidence"))
    yield Step("GotoIf", f"$[${{DIALPLAN_EXISTS({context},${{PBX_SAID}},1)}} = 0]?unclear,1", source=path)
    yield Step("Goto", "${PBX_SAID},1", source=path)


def _language(attendant: VoiceAttendant, scope: Scope) -> str:
    """The language of the call where answers are understood in it, else the tenant's."""
    own, *others = languages(attendant, scope)
    for other in others:
        own = f'${{IF($["{language_of_call(other)}" = "{other}"]?{other}:{own})}}'
    return own


def _again(retry: Retry, attendant: VoiceAttendant, scope: Scope, path: Path, key: str) -> Iterator[Step]:
    yield Step("Set", "PBX_FAILED=$[${PBX_FAILED} + 1]", source=(*path, "attempts"))
    if key == "no_input":
        yield Step("SpeechDestroy", source=path)
    yield Steps(scope.slug).goto_if(
        f"${{PBX_FAILED}} >= {attendant.attempts}", attendant.otherwise, (*path, "otherwise")
    )
    if retry.prompt:
        sound = heard(scope.sounds[retry.prompt.name], scope.language)
        yield Step("Playback", sound, source=(*path, key, "prompt"))
    yield Step("Goto", "s,ask", source=(*path, key))
