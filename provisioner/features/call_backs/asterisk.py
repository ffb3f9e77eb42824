"""A call-back menu in Asterisk.

`targets.asterisk.asking` tells what was keyed in, or the caller's own number, and reads it back. A number counts only
when its caller has confirmed it: then it is stored (AstDB, so a restart keeps it) and sent on. Every round is counted,
so neither silence nor keys that never end keep a call here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from provisioner.core.artifacts import Recipe
from provisioner.core.feature import Scope
from provisioner.core.refs import Ref
from provisioner.core.source import Path
from provisioner.targets.asterisk import asking, naming, notices
from provisioner.targets.asterisk.objects import AsteriskObject, Route, Sound, Step, Steps
from provisioner.targets.asterisk.playing import heard

from . import sentences
from .model import CallBack, Numbers

ROOM = "call_backs"
KINDS = {
    Numbers.NATIONAL: asking.Kind.NATIONAL,
    Numbers.MOBILE: asking.Kind.MOBILE,
    Numbers.INTERNATIONAL: asking.Kind.INTERNATIONAL,
    Numbers.PREMIUM: asking.Kind.PREMIUM,
}
SOURCE: Path = ("call_backs",)


def lower(call_backs: dict[str, CallBack], scope: Scope) -> Iterator[AsteriskObject]:
    if not call_backs:
        return
    for name, each in call_backs.items():
        yield from _menu(name, each, scope)
    yield from asking.routes(ROOM, scope, SOURCE)
    for sounds in sentences.SENTENCES:
        yield from (Sound(recipe, SOURCE) for recipe in sounds.values())


def _menu(name: str, each: CallBack, scope: Scope) -> Iterator[AsteriskObject]:
    path, say = (*SOURCE, name), Steps(scope.slug)
    context, start = naming.destination(scope.slug, Ref("call_back", name))
    if each.notify:
        words = sentences.notice(each.title or name)
        yield notices.notice(
            notice_name(name), words, scope, mail=each.notify.mail, sms=each.notify.sms, source=(*path, "notify")
        )
    yield Route(context, start, (*_welcome(name, each, scope, path), *_key_in(each, scope, path)), path)
    # Another number than the caller's own is no failed attempt; one that was keyed in wrongly is.
    for extension, intro, question, two in (
        ("offer", sentences.OFFER, sentences.OFFERED, f"{start},ask"),
        ("confirm", sentences.READ_BACK, sentences.CONFIRM, "again,1"),
    ):
        steps = (*_read_back(intro, question, each, scope, path), *_answered(two, path))
        yield Route(context, extension, steps, path)
    failed = (
        Step("Set", "PBX_FAILED=$[${PBX_FAILED} + 1]", source=(*path, "attempts")),
        say.goto_if(f"${{PBX_FAILED}} >= {each.attempts}", each.exhausted, (*path, "exhausted")),
        Step("Goto", f"{start},ask", source=path),
    )
    yield Route(context, "again", failed, path)
    sorry = Step("Playback", heard(asking.NOT_CALLABLE, scope.language), source=(*path, "numbers"))
    yield Route(context, "unfit", (sorry, *failed), path)
    yield Route(context, "store", tuple(_store(name, each, scope, path)), path)


def notice_name(name: str) -> str:
    return f"call_back.{name}"


def _welcome(name: str, each: CallBack, scope: Scope, path: Path) -> Iterator[Step]:
    say = Steps(scope.slug)
    yield say.enter(Ref("call_back", name), path)
    yield say.answer(path)
    yield Step("Set", "PBX_FAILED=0", source=path)
    if each.prompt:
        yield Step("Playback", heard(scope.sounds[each.prompt.name], scope.language), source=(*path, "prompt"))
    if each.offer_caller_number:
        where = (*path, "offer_caller_number")
        yield Step("MSet", "PBX_KIND=0,PBX_KEYED=", source=where)
        yield Step("Set", f"PBX_KEYED={notices.CALLER}", source=where)
        # A colleague's extension is no number to call back: whoever has one needs no menu.
        yield Step(
            "GosubIf", f'$["${{PBX_KEYED:0:1}}" = "+"]?{asking.told(scope.slug, ROOM, "${PBX_KEYED}")}', source=where
        )
        yield Step("GotoIf", f"$[{asking.fits(KINDS[each.numbers])}]?offer,1", source=where)


def _key_in(each: CallBack, scope: Scope, path: Path) -> Iterator[Step]:
    ask = heard(sentences.KEY_IN, scope.language)
    yield Step("Read", f"PBX_KEYED,{ask},{asking.LONGEST},,1,{each.timeout}", "ask", path)
    yield Step("GotoIf", '$["${PBX_KEYED}" = ""]?again,1', source=path)
    # A star is no digit of a number; with it the number is not the one that was meant.
    yield Step("GotoIf", '$["${FILTER(0-9,${PBX_KEYED})}" != "${PBX_KEYED}"]?unfit,1', source=path)
    yield Step("Gosub", asking.told(scope.slug, ROOM, "${PBX_KEYED}"), source=path)
    yield Step("GotoIf", f"$[{asking.fits(KINDS[each.numbers])}]?confirm,1:unfit,1", source=(*path, "numbers"))


def _read_back(
    intro: Mapping[str, Recipe], question: Mapping[str, Recipe], each: CallBack, scope: Scope, path: Path
) -> Iterator[Step]:
    yield Step("Set", f"PBX_SAID={heard(intro, scope.language)}", source=path)
    yield Step("Gosub", f"{asking.context(scope.slug, ROOM)},say,1", source=path)
    asks = f"${{PBX_SAID}}&{heard(question, scope.language)}"
    yield Step("Read", f"PBX_KEYED,{asks},1,,1,{each.timeout}", source=path)


def _answered(two: str, path: Path) -> Iterator[Step]:
    yield Step("GotoIf", '$["${PBX_KEYED}" = "1"]?store,1', source=path)
    yield Step("GotoIf", f'$["${{PBX_KEYED}}" = "2"]?{two}', source=path)
    yield Step("Goto", "again,1", source=path)


def _store(name: str, each: CallBack, scope: Scope, path: Path) -> Iterator[Step]:
    say = Steps(scope.slug)
    record = f"{naming.call_backs(scope.slug)}/${{EPOCH}}-${{CHANNEL(uniqueid)}}"
    yield Step("Set", f"DB({record})={name} ${{PBX_NUMBER}}", source=path)
    if each.notify:
        yield notices.notify(scope.slug, notice_name(name), (*path, "notify"), number="${PBX_NUMBER}")
    yield Step("Playback", heard(sentences.THANKS, scope.language), source=path)
    yield say.goto(each.then, (*path, "then"))
