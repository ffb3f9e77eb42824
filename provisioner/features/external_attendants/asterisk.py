"""An external attendant in Asterisk: one context that asks whether she is wanted, and calls her company.

The call goes out to the number that stands for the tenant there, and says which number was called first and why it
comes (Diversion, History-Info). It is no call of the tenant's to the public network: it costs by its answer and not by
the minute, and no limit keeps callers from being answered.

Her leg leaves an event `attendant` with the called number and the caller's, and `connected` with the extension where
she connects the caller. Records and prices are made of these (`pipeline/attendance.py`). She connects by keys, at once
or after she has spoken to the colleague: if trunks could send calls on by SIP's own means, any carrier could send
callers anywhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from provisioner.core.feature import Scope
from provisioner.core.refs import Ref
from provisioner.core.source import Path
from provisioner.core.spoken import spoken
from provisioner.targets.asterisk import activities, attendants, clock, naming
from provisioner.targets.asterisk.objects import AsteriskObject, Route, Sound, Step, Steps
from provisioner.targets.asterisk.playing import heard

from . import desk
from .model import Absence, ExternalAttendant

SECTION: Path = ("external_attendants",)
WHOM = spoken(sv="Anknytning?", en="Extension?")
UNKNOWN = spoken(sv="Anknytningen finns inte.", en="There is no such extension.")


ANNOUNCING = "announcing"
"""The category of groups (GROUP) that tells of each call whether its attendant has gone to announce it."""
_ANNOUNCED = f"$[${{GROUP_COUNT(${{CHANNEL(linkedid)}}@{ANNOUNCING})}} > 0]"


def lower(external: dict[str, ExternalAttendant], scope: Scope) -> Iterator[AsteriskObject]:
    for name, attendant in external.items():
        yield from _routes(name, attendant, scope)
    if any(each.connects for each in external.values()):
        yield from _connecting(scope)
    yield from desk.lower(external, scope)


def _routes(name: str, attendant: ExternalAttendant, scope: Scope) -> Iterator[Route]:
    path = (*SECTION, name)
    context, extension = naming.destination(scope.slug, Ref("external_attendant", name))
    yield Route(context, extension, tuple(_call(name, attendant, context, scope)), path)
    yield Route(context, "leg", tuple(_leg(attendant, scope, path)), path)
    if attendant.absence:
        yield Route(context, "away", tuple(_away(attendant.absence, scope, (*path, "absence"))), path)


def _call(name: str, attendant: ExternalAttendant, context: str, scope: Scope) -> Iterator[Step]:
    path, say = (*SECTION, name), Steps(scope.slug)
    yield say.enter(Ref("external_attendant", name), path)
    if attendant.absence:
        yield from _present(attendant, attendant.absence, context, scope, (*path, "absence"))
    number = (*path, "number")
    yield Step("Gosub", "pbx.diverted,s,1", "outside", path)
    # Who calls from inside called no number; the attendant must know all the same for whom she answers.
    yield Step("ExecIf", f'$["${{PBX_DIVERTED}}" = ""]?Set(_PBX_DIVERTED={scope.main_number})', source=path)
    yield Step("Set", "_PBX_NEEDED=", source=path)
    caller = "${FILTER(+0-9,${CALLERID(num)})}"
    # g: she leaves the call to announce it, too.
    options = f"{'g' if attendant.connects else ''}b({context}^leg^1({caller}))"
    yield Step("Dial", f"PJSIP/{attendant.number}@${{PBX_EDGE}},{attendant.ring_time},{options}", source=number)
    if attendant.connects:
        waits = f"{naming.context(scope.slug, attendants.CONNECT)},waits,1"
        yield Step("GotoIf", f"{_ANNOUNCED}?{waits}", source=(*path, "connects"))
        yield Step("ExecIf", '$["${DIALSTATUS}" = "ANSWER"]?Hangup()', source=(*path, "connects"))
    yield say.goto(attendant.no_answer, (*path, "no_answer"))


def _leg(attendant: ExternalAttendant, scope: Scope, path: Path) -> Iterator[Step]:
    """On her leg, before it is called; ARG1 is the caller's number."""
    yield Step("CELGenUserEvent", f"{attendants.CALLED},${{PBX_DIVERTED}} ${{ARG1}}", source=path)
    yield Step("Gosub", f"pbx.to-edge,public,1({scope.slug},trunk,{attendant.number})", source=path)
    if attendant.connects:
        may = f"DYNAMIC_FEATURES={attendants.FEATURES},{attendants.TENANT}={scope.slug},PBX_AS={attendant.number}"
        yield Step("MSet", f"{may},CHANNEL(language)={scope.language}", source=(*path, "connects"))
    yield Step("Return", source=path)


def _present(attendant: ExternalAttendant, absence: Absence, context: str, scope: Scope, path: Path) -> Iterator[Step]:
    """While one of the tenant's own is there the call goes to them; not after hours, nor where it rang in vain."""
    digits = attendant.number[1:]
    yield Step("GotoIf", '$["${PBX_CLOSED}" = "yes" | "${DIALSTATUS}${QUEUESTATUS}" != ""]?outside', source=path)
    # A group whose members are all logged out rings nobody.
    yield Step("GotoIf", f'$["${{PBX_OFFERED}}" =~ "{digits}"]?outside', source=path)
    yield Step("Set", f"PBX_OFFERED=${{PBX_OFFERED}} {digits}", source=path)
    yield Step("Set", clock.now(scope.slug), source=path)
    for user in absence.of:
        yield Step("Gosub", f"{context},away,1({user.name})", source=(*path, "of"))
        yield Step("GotoIf", "$[${GOSUB_RETVAL} = 0]?present", source=(*path, "of"))
    yield Step("CELGenUserEvent", "rule,attendants away", source=path)
    yield Step("Goto", "outside", source=path)
    yield Steps(scope.slug).goto(absence.present, (*path, "present"), label="present")


def _away(absence: Absence, scope: Scope, path: Path) -> Iterator[Step]:
    """Answers whether the user in ARG1 is in one of the activities at the instant PBX_AT."""
    entry = f"{naming.database_family(scope.slug)}/{activities.key('${ARG1}')}"
    named = "|".join(_activities(absence, scope))
    yield Step("Set", f"LOCAL(kept)=${{DB({entry})}}", source=path)
    yield Step("Set", "LOCAL(until)=0${CUT(kept,:,2)}", source=path)
    yield Step("ExecIf", "$[${until} > 0 & ${PBX_AT} >= ${until}]?Return(0)", source=path)
    yield Step("Return", f'${{REGEX("^({named})$" ${{CUT(kept,:,1)}})}}', source=(*path, "activities"))


def _activities(absence: Absence, scope: Scope) -> Sequence[str]:
    return [each.name for each in absence.activities] or sorted(scope.silent_activities)


def _connecting(scope: Scope) -> Iterator[AsteriskObject]:
    """What the keys of `attendants` do on her leg. The caller goes on by herself and remains who she is."""
    context, extensions = naming.context(scope.slug, attendants.CONNECT), naming.context(scope.slug, "extensions")
    connects = (
        Step("CELGenUserEvent", f"{attendants.CONNECTED},${{PBX_WHOM}}"),
        Step("ChannelRedirect", f"${{BRIDGEPEER}},{context},${{PBX_WHOM}},1"),
    )
    # Her leg cannot call while it is in a bridge, nor take itself out of it: another channel does that a moment later.
    asks = (
        Step("Set", "__PBX_WAITS=${BRIDGEPEER}"),
        Step("Set", f"GROUP({ANNOUNCING})=${{CHANNEL(linkedid)}}"),
        Step("Originate", f"Local/apart@{context}/n,app,NoOp,,,5,av(__PBX_HER=${{CHANNEL}})"),
    )
    for extension, then in (("s", connects), (attendants.ASKS, asks)):
        yield Route(context, extension, tuple(_whom(then, extensions, scope)), SECTION)
    yield from _announcing(context, extensions)
    # The caller was on hold, and what became of the call to her says nothing of what comes.
    onward = (
        Step("StopMusicOnHold"),
        Step("MSet", "DIALSTATUS=,QUEUESTATUS=,PBX_CLOSED="),
        Step("Goto", f"{extensions},${{EXTEN}},1"),
    )
    yield Route(context, "_X.", onward, SECTION)
    for sentence in (WHOM, UNKNOWN):
        yield from (Sound(recipe, SECTION) for recipe in sentence.values())


def _whom(then: Sequence[Step], extensions: str, scope: Scope) -> Iterator[Step]:
    """Asks for the extension, and goes on with it where it is one."""
    yield Step("Read", f"PBX_WHOM,{heard(WHOM, scope.language)},6,,1,4")
    yield Step("GotoIf", f"$[${{DIALPLAN_EXISTS({extensions},${{PBX_WHOM}},1)}} = 0]?unknown")
    yield from then
    yield Step("Return")
    yield Step("Playback", heard(UNKNOWN, scope.language), "unknown")
    yield Step("Return")


def _announcing(context: str, extensions: str) -> Iterator[Route]:
    """She asks the colleague on a call of her own while the caller `waits`. Where she hangs up, the colleague's leg
    `joins` the caller; where nobody has answered until then, the caller goes on to the extension (`gone`). Else she is
    with the caller again."""
    apart = (Step("Wait", "0.3"), Step("ChannelRedirect", f"${{PBX_HER}},{context},asking,1"))
    asking = (
        Step("Set", "CALLERID(num)=${PBX_AS}"),
        Step("Set", "DYNAMIC_FEATURES="),  # keys that are for callers
        Step("Set", f"CHANNEL(hangup_handler_push)={context},gone,1"),
        Step("Dial", f"Local/${{PBX_WHOM}}@{extensions}/n,,F({context}^joins^1)Hg"),
        Step("Set", "CHANNEL(hangup_handler_pop)="),
        Step("Set", f"GROUP({ANNOUNCING})=back-${{CHANNEL(linkedid)}}"),
        Step("Set", f"DYNAMIC_FEATURES={attendants.FEATURES}"),
        Step("Bridge", "${PBX_WAITS}"),
        Step("Hangup"),
    )
    # The colleague's leg comes here as well where she went back to the caller by keys, which she says at once.
    joins = (
        Step("Wait", "0.5"),
        Step("ExecIf", f"$[${{GROUP_COUNT(back-${{CHANNEL(linkedid)}}@{ANNOUNCING})}} > 0]?Hangup()"),
        Step("Bridge", "${PBX_WAITS}"),
        Step("Hangup"),
    )
    gone = (
        Step("CELGenUserEvent", f"{attendants.CONNECTED},${{PBX_WHOM}}"),
        Step("GotoIf", '$["${DIALSTATUS}" = "ANSWER"]?done'),
        Step("ChannelRedirect", f"${{PBX_WAITS}},{context},${{PBX_WHOM}},1"),
        Step("Return", label="done"),
    )
    waits = (Step("MusicOnHold"), Step("GotoIf", f"{_ANNOUNCED}?1"), Step("Hangup"))
    routes = {"apart": apart, "asking": asking, "joins": joins, "gone": gone, "waits": waits}
    for extension, steps in routes.items():
        yield Route(context, extension, steps, SECTION)
