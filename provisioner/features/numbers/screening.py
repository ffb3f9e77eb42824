"""Who may call a number: lists of callers, and callers who withhold their number.

`<slug>.caller` tells both for all numbers of the tenant (`targets/asterisk/callers.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from provisioner.core.artifacts import Recipe
from provisioner.core.feature import Scope
from provisioner.core.refs import Ref
from provisioner.core.source import Path
from provisioner.core.spoken import spoken
from provisioner.targets.asterisk import callers, naming
from provisioner.targets.asterisk.objects import Route, Step, Steps
from provisioner.targets.asterisk.playing import heard

from .model import Ask, Number

REFUSED = spoken(sv="Ditt samtal tas inte emot på det här numret.", en="Your call is not accepted at this number.")
SHOW_NUMBER = spoken(
    sv="Vi tar inte emot samtal med skyddat nummer. Ring igen och visa ditt nummer.",
    en="We do not take calls from withheld numbers. Please call again and show your number.",
)
KEY = "5"
PRESS_KEY = spoken(
    sv="Ditt nummer är skyddat. Tryck fem för att bli kopplad.",
    en="Your number is withheld. To be connected, press five.",
)


def screens(what: Number) -> bool:
    return bool(what.blocked or what.withheld)


def sounds(numbers: Iterable[Number]) -> Iterator[Mapping[str, Recipe]]:
    """What the platform says to callers of these numbers."""
    known = tuple(numbers)
    if any(each.blocked and not each.refused for each in known):
        yield REFUSED
    held = [each.withheld for each in known if each.withheld]
    if any(not each.destination for each in held):
        yield SHOW_NUMBER
    if any(each.ask is Ask.KEY for each in held):
        yield PRESS_KEY


def subroutine(numbers: Mapping[str, Number], scope: Scope) -> Iterator[Route]:
    """Answers 1 where the call is not to be screened."""
    if not any(map(screens, numbers.values())):
        return
    yield callers.subroutine(naming.context(scope.slug, "caller"), "s", scope.slug, ("numbers",))


def ask(what: Number, scope: Scope, path: Path) -> Iterator[Step]:
    """Goes on at `welcome` where the caller gets through."""
    if not screens(what):
        return
    yield Step("Gosub", f"{naming.context(scope.slug, 'caller')},s,1", source=path)
    yield Step("GotoIf", "${GOSUB_RETVAL}?welcome", source=path)
    if what.allowed:
        yield Step("GotoIf", f"{callers.one_of(what.allowed)}?welcome", source=(*path, "allowed"))
    if what.blocked:
        yield Step("GotoIf", f"{callers.one_of(what.blocked)}?refused", source=(*path, "blocked"))
    if what.withheld:
        yield Step("GotoIf", '$["${PBX_FROM}" = ""]?withheld', source=(*path, "withheld"))
    yield Step("NoOp", label="welcome", source=path)


def refuse(what: Number, scope: Scope, path: Path) -> Iterator[Step]:
    """Where those go who do not get through. What is said to them is said without answering, so it costs nothing."""
    if what.blocked:
        yield from _away(what.refused, REFUSED, scope, (*path, "refused"), "refused")
    if what.withheld:
        where, label = (*path, "withheld"), "withheld"
        if what.withheld.ask is Ask.KEY:
            yield Step("Answer", label=label, source=where)
            yield Step("Read", f"PBX_KEY,{heard(PRESS_KEY, scope.language)},1,,2,5", source=where)
            yield Step("GotoIf", f'$["${{PBX_KEY}}" = "{KEY}"]?welcome', source=where)
            label = ""
        yield from _away(what.withheld.destination, SHOW_NUMBER, scope, where, label)


def _away(to: Ref | None, sentence: Mapping[str, Recipe], scope: Scope, path: Path, label: str) -> Iterator[Step]:
    if to:
        yield Steps(scope.slug).goto(to, path, label=label)
        return
    yield from Steps(scope.slug).before_answer(path, label=label)
    yield Step("Playback", f"{heard(sentence, scope.language)},noanswer", source=path)
    yield Step("Hangup", "21", source=path)
