"""DISA in Asterisk: `<slug>.disa.<name>`, whose extensions are the numbers of users' mobile telephones.

A caller whose number is none of them is refused without an answer. A number can be forged, so the PIN is asked for
(`<slug>.pin`, which locks itself), and what she dials then is looked for where her desk telephone's digits are: her own
call permission holds, and the tenant's limits. The call is no longer one from outside then. It comes here once: where a
number of the tenant's own leads back here it is refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from provisioner.core.artifacts import Recipe
from provisioner.core.feature import Scope
from provisioner.core.refs import Ref
from provisioner.core.source import Path
from provisioner.core.spoken import spoken
from provisioner.targets.asterisk import logged, naming
from provisioner.targets.asterisk.objects import AsteriskObject, Route, Sound, Step, Steps
from provisioner.targets.asterisk.playing import heard

from .model import Disa

SOURCE: Path = ("disa",)
ATTEMPTS = 3
DIAL: Mapping[str, Recipe] = spoken(
    sv="Slå numret och avsluta med fyrkant.", en="Please dial the number, followed by the hash key."
)
UNKNOWN: Mapping[str, Recipe] = spoken(sv="Numret finns inte.", en="There is no such number.")


def lower(entrances: dict[str, Disa], scope: Scope) -> Iterator[AsteriskObject]:
    for name, each in entrances.items():
        ref, path = Ref("disa", name), (*SOURCE, name)
        context, extension = naming.destination(scope.slug, ref)
        yield Route(context, extension, tuple(_steps(ref, context, scope, path)), path)
        for index, user in enumerate(each.users):
            whose = (*path, "users", index)
            hers = (Step("Set", f"PBX_CALLER={user.name}", source=whose), Step("Return", source=whose))
            numbers = scope.mobile_devices.get(user.name, ())
            yield from (Route(context, number, hers, whose) for number in numbers)
    if entrances:
        yield from (Sound(recipe, SOURCE) for words in (DIAL, UNKNOWN) for recipe in words.values())


def _steps(ref: Ref, context: str, scope: Scope, path: Path) -> Iterator[Step]:
    say, outgoing = Steps(scope.slug), naming.context(scope.slug, "outgoing")
    yield say.enter(ref, path)
    yield Step("Set", "PBX_FROM=${FILTER(+0-9,${CALLERID(num)})}", source=path)
    unknown = f'"${{PBX_TRUNK}}" = "" | ${{DIALPLAN_EXISTS({context},${{PBX_FROM}},1)}} = 0'
    yield Step("GotoIf", f"$[{unknown}]?refuse", source=path)
    yield Step("Gosub", f"{context},${{PBX_FROM}},1", source=path)
    yield say.answer(path)
    yield Step("Gosub", f"{naming.context(scope.slug, naming.PIN)},ask,1(${{PBX_CALLER}})", source=path)
    yield Step("GotoIf", '$["${GOSUB_RETVAL}" != "right"]?end', source=path)
    yield Step("CELGenUserEvent", "rule,disa ${PBX_CALLER}", source=path)
    yield Step("Gosub", f"{naming.context(scope.slug, 'identity')},${{PBX_CALLER}},1", source=path)
    yield Step("Set", "PBX_TRIES=0", source=path)
    yield Step("Read", f"PBX_WANTED,{heard(DIAL, scope.language)},20,,1,8", "ask", path)
    yield Step("Set", "PBX_WANTED=${FILTER(+*0-9,${PBX_WANTED})}", source=path)
    wanted = f'"${{PBX_WANTED}}" != "" & ${{DIALPLAN_EXISTS({outgoing},${{PBX_WANTED}},1)}}'
    yield Step("GotoIf", f"$[{wanted}]?dial", source=path)
    yield Step("Playback", heard(UNKNOWN, scope.language), source=path)
    yield Step("Set", "PBX_TRIES=$[${PBX_TRIES} + 1]", source=path)
    yield Step("GotoIf", f"$[${{PBX_TRIES}} < {ATTEMPTS}]?ask", source=path)
    yield Step("Hangup", label="end", source=path)
    # From here on it is her own call, and none of the carrier's.
    yield Step("MSet", "__PBX_TRUNK=,__PBX_DIALLED=${PBX_WANTED}", "dial", path)
    yield Step("CELGenUserEvent", f"made,{scope.slug} ${{PBX_CALLER}} {logged.MOBILE} ${{PBX_WANTED}}", source=path)
    yield Step("Goto", f"{outgoing},${{PBX_WANTED}},1", source=path)
    yield Step("Hangup", "21", "refuse", path)
