"""Limits in Asterisk: what is asked before a call comes in or goes out, and what counts it meanwhile.

`<slug>.limits` has `in`, which the platform asks for a call from outside, and `out`, which the room `outbound` asks for
one to the public network, whoever or whatever makes it. Calls for help take another way and meet none of it. Each call
is counted by a group that its own channel is in, which Asterisk forgets with the channel: the tenant's channel for a
call from outside, and the carrier's leg (`leg`) for one that goes out, which stays through every transfer. A call that
comes in has joined before it is compared; one that goes out joins a moment after, so two of the same instant may both
get the last line.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from provisioner.core.artifacts import Recipe
from provisioner.core.feature import Scope
from provisioner.core.numbering import plan_of
from provisioner.core.spoken import spoken
from provisioner.targets.asterisk import callers, classes, clock, limits, naming
from provisioner.targets.asterisk.notices import notice, notify
from provisioner.targets.asterisk.objects import AsteriskObject, Notice, Route, Sound, Step, Steps
from provisioner.targets.asterisk.playing import heard

from . import spending
from .model import FraudStop, Limits, UserLimits
from .sentences import rush

LINES = spoken(
    sv="Alla linjer är upptagna. Försök igen om en stund.",
    en="All lines are busy. Please try again in a while.",
)
SPENT = spoken(
    sv="Gränsen för vad samtal får kosta i dag är nådd.",
    en="The limit for what calls may cost today has been reached.",
)
STOPPED = spoken(
    sv="Samtal till sådana nummer är spärrade. Tala med den som sköter växeln.",
    en="Calls to such numbers are stopped. Please speak to whoever looks after the telephones.",
)

IN, OUT, OWN = "calls-in", "calls-out", "calls-of"
"""Groups of channels: a call from outside, one that goes out, and the same as its user's."""

SOURCE = ("limits",)
ANY_USER = "_[a-z][a-z0-9]!"


def lower(what: Limits, scope: Scope) -> Iterator[AsteriskObject]:
    home = limits.context(scope.slug)
    if what.incoming_limited:
        yield Route(home, "in", tuple(_in(what, scope)), SOURCE)
    if not what.outgoing_limited:
        return
    yield Route(home, "out", tuple(_out(what, scope)), SOURCE)
    yield Route(home, "leg", tuple(_leg(what, scope)), SOURCE)
    for name, sentence in _refusals(what).items():
        yield Route(home, name, tuple(_refuse(sentence, scope)), SOURCE)
        yield from (Sound(recipe, SOURCE) for recipe in sentence.values())
    if what.all_users:
        yield from _users(what, scope)
    if what.any_spending:
        yield from spending.lower(what, scope)
    if what.fraud_stop:
        yield Route(home, "watch", tuple(_watch(what.fraud_stop, scope)), (*SOURCE, "fraud_stop"))
        yield _notice(what.fraud_stop, what, scope)


def _in(what: Limits, scope: Scope) -> Iterator[Step]:
    yield Step("Set", f"GROUP({IN})={scope.slug}")
    if what.incoming:
        full = f"$[${{GROUP_COUNT({scope.slug}@{IN})}} > {what.incoming}]?full"
        yield Step("GotoIf", full, source=(*SOURCE, "incoming"))
    if what.calls:
        both = f"${{GROUP_COUNT({scope.slug}@{IN})}} + ${{GROUP_COUNT({scope.slug}@{OUT})}}"
        yield Step("GotoIf", f"$[{both} > {what.calls}]?full", source=(*SOURCE, "calls"))
    yield Step("Return")
    called = f"${{DB({naming.database_family(scope.slug)}/{naming.CALLED_FOR_HELP})}}"
    # A rescuer may call back from anywhere.
    yield Step("GotoIf", f"$[${{EPOCH}} < 0{called} + {callers.RESCUE}]?rescuer", "full", SOURCE)
    yield Step("CELGenUserEvent", "rule,limit incoming")
    yield Step("Hangup", "17")
    yield Step("Return", label="rescuer")


def _out(what: Limits, scope: Scope) -> Iterator[Step]:
    """ARG1 is the number. What a call needs goes with it to its leg as PBX_NEEDED."""
    plan = plan_of(scope.country)
    assert plan, f"no numbering plan for {scope.country}"
    yield Step("Set", f"PBX_NEED={classes.need_of_short(plan, '${ARG1}')}")
    yield Step("GotoIf", '$["${ARG1:0:1}" != "+"]?known')
    yield from classes.need(plan, "${ARG1}")
    yield Step("NoOp", label="known")
    out = f"${{GROUP_COUNT({scope.slug}@{OUT})}}"
    if what.outgoing:
        yield Step("GotoIf", f"$[{out} >= {what.outgoing}]?lines,1", source=(*SOURCE, "outgoing"))
    if what.calls:
        both = f"{out} + ${{GROUP_COUNT({scope.slug}@{IN})}}"
        yield Step("GotoIf", f"$[{both} >= {what.calls}]?lines,1", source=(*SOURCE, "calls"))
    if what.all_users:
        yield Step("Set", "PBX_MOST=")
        yield Step("Set", "PBX_DAILY=")
        yield Step("GosubIf", spending.her_limits(scope.slug, "${PBX_USER}"))
        own = f"${{GROUP_COUNT({scope.slug}.${{PBX_USER}}@{OWN})}}"
        yield Step("GotoIf", f'$["${{PBX_MOST}}" != "" & {own} >= 0${{PBX_MOST}}]?lines,1')
    if what.any_spending:
        yield from spending.asked(what, scope)
    if what.fraud_stop:
        yield Step("Gosub", "watch,1(${ARG1})", source=(*SOURCE, "fraud_stop"))
    yield Step("Set", "_PBX_NEEDED=${PBX_NEED}")
    yield Step("Return")


def _leg(what: Limits, scope: Scope) -> Iterator[Step]:
    """On the leg to the carrier, before it is called."""
    yield Step("Set", f"GROUP({OUT})={scope.slug}")
    if any(each.outgoing for each in what.all_users):
        yield Step("ExecIf", f'$["${{PBX_USER}}" != ""]?Set(GROUP({OWN})={scope.slug}.${{PBX_USER}})')
    if what.any_spending:
        yield from spending.metered(scope)
    yield Step("Return")


def _refusals(what: Limits) -> Mapping[str, Mapping[str, Recipe]]:
    counted = what.calls or what.outgoing or any(each.outgoing for each in what.all_users)
    found = {"lines": LINES} if counted else {}
    return {
        **found,
        **({"spent": SPENT} if what.any_spending else {}),
        **({"stopped": STOPPED} if what.fraud_stop else {}),
    }


def _refuse(sentence: Mapping[str, Recipe], scope: Scope) -> Iterator[Step]:
    """Says why without answering. A leg of a group or queue has nobody who listens."""
    cause = {id(LINES): "34"}.get(id(sentence), "21")
    yield Step("CELGenUserEvent", "rule,limit ${EXTEN}")
    yield Step("GotoIf", '$["${CHANNEL(channeltype)}" != "PJSIP"]?end')
    yield from Steps(scope.slug).before_answer()
    yield Step("Playback", f"{heard(sentence, scope.language)},noanswer")
    yield Step("Hangup", cause, "end")


def _users(what: Limits, scope: Scope) -> Iterator[Route]:
    context = limits.context(scope.slug, "user")
    for name, each in what.users.items():
        yield Route(context, name, _one(each), (*SOURCE, "users", name))
    if what.each_user:
        yield Route(context, ANY_USER, _one(what.each_user), (*SOURCE, "each_user"))


def _one(what: UserLimits) -> tuple[Step, ...]:
    """Leaves what holds for her in variables, empty where nothing does."""
    facts = {"PBX_MOST": str(what.outgoing or ""), **spending.facts(what.spend)}
    return (Step("MSet", ",".join(f"{name}={value}" for name, value in facts.items())), Step("Return"))


def _watch(what: FraudStop, scope: Scope) -> Iterator[Step]:
    """ARG1 is the number. Keeps when the last calls began, one more than there may be within the time."""
    family, levels = naming.database_family(scope.slug), "".join(str(each.level) for each in sorted(set(what.classes)))
    yield Step("GotoIf", f'$[${{REGEX("^[{levels}]$" ${{PBX_NEED}})}} = 0]?fine')
    yield Step("GotoIf", f'$["${{DB({family}/{limits.STOP})}}" != ""]?stopped,1')
    yield Step("Set", clock.now(scope.slug))
    yield Step("Set", f"PBX_HELD=${{LOCK({limits.context(scope.slug, 'watch')})}}")
    yield Step("Set", f"PBX_TIMES=${{DB({family}/{limits.RECENT})}}")
    yield Step("Set", "PUSH(PBX_TIMES,-)=${PBX_AT}")
    # No ExecIf: what it may do is worked out whether it does it or not.
    yield Step("GotoIf", f"$[${{FIELDQTY(PBX_TIMES,-)}} <= {what.calls + 1}]?kept")
    yield Step("Set", "PBX_GONE=${SHIFT(PBX_TIMES,-)}")
    yield Step("Set", f"DB({family}/{limits.RECENT})=${{PBX_TIMES}}", "kept")
    yield Step("Set", f"PBX_HELD=${{UNLOCK({limits.context(scope.slug, 'watch')})}}")
    few, slow = f"${{FIELDQTY(PBX_TIMES,-)}} <= {what.calls}", f"${{PBX_AT}} - ${{CUT(PBX_TIMES,-,1)}} >= {what.within}"
    yield Step("GotoIf", f"$[{few} | {slow}]?fine")
    yield Step("Set", f"DB({family}/{limits.STOP})=${{EPOCH}}:${{PBX_USER}}:${{ARG1}}")
    yield notify(scope.slug, "limits.rush", number="${ARG1}", user="${PBX_USER}")
    yield Step("Goto", "stopped,1")
    yield Step("Return", label="fine")


def _notice(stop: FraudStop, what: Limits, scope: Scope) -> Notice:
    told = what.notify
    words = rush(scope.name, scope.slug, stop.calls, stop.within)
    return notice("limits.rush", words, scope, mail=told.mail, sms=told.sms, source=(*SOURCE, "fraud_stop"))
