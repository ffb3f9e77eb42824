"""Limits in Asterisk: what is asked before a call comes in or goes out, and what counts it meanwhile.

`<slug>.limits` has `in`, which the platform asks for a call from outside, and `out`, which the room `outbound` asks for
one to the public network, whoever or whatever makes it. Calls for help take another way and meet none of it. Each call
is counted by a group that its own channel is in, which Asterisk forgets with the channel: the tenant's channel for a
call from outside, and the carrier's leg (`leg`) for one that goes out, which stays through every transfer. Each joins
and is compared while nobody else of the tenant does, so of two in the same instant one gets the last line. A leg that
finds none ends before it is called, with the cause that says so, and its caller hears the same as who asked in vain.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

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

NONE = "none"
"""What a channel is counted as that is none of these after all."""

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
    lines = _Lines(scope)
    yield lines.hold()
    yield Step("Set", f"GROUP({IN})={scope.slug}")
    if what.incoming:
        full = f"$[${{GROUP_COUNT({scope.slug}@{IN})}} > {what.incoming}]?full"
        yield Step("GotoIf", full, source=(*SOURCE, "incoming"))
    if what.calls:
        yield Step("GotoIf", f"$[{lines.both} > {what.calls}]?full", source=(*SOURCE, "calls"))
    yield lines.let_go("rescuer")
    yield Step("Return")
    called = f"${{DB({naming.database_family(scope.slug)}/{naming.CALLED_FOR_HELP})}}"
    # A rescuer may call back from anywhere.
    yield Step("GotoIf", f"$[${{EPOCH}} < 0{called} + {callers.RESCUE}]?rescuer", "full", SOURCE)
    yield Step("Set", f"GROUP({IN})={NONE}")
    yield lines.let_go()
    yield Step("CELGenUserEvent", "rule,limit incoming")
    yield Step("Hangup", "17")


def _out(what: Limits, scope: Scope) -> Iterator[Step]:
    """ARG1 is the number. What a call needs goes with it to its leg as PBX_NEEDED."""
    plan = plan_of(scope.country)
    assert plan, f"no numbering plan for {scope.country}"
    yield Step("Set", f"PBX_NEED={classes.need_of_short(plan, '${ARG1}')}")
    yield Step("GotoIf", '$["${ARG1:0:1}" != "+"]?known')
    yield from classes.need(plan, "${ARG1}")
    yield Step("NoOp", label="known")
    if what.all_users:
        yield Step("Set", "PBX_MOST=")
        yield Step("Set", "PBX_DAILY=")
        yield Step("GosubIf", spending.her_limits(scope.slug, "${PBX_USER}"))
    yield from _full(what, scope, ">=", "lines,1")
    if what.any_spending:
        yield from spending.asked(what, scope)
    if what.fraud_stop:
        yield Step("Gosub", "watch,1(${ARG1})", source=(*SOURCE, "fraud_stop"))
    yield Step("Set", "_PBX_NEEDED=${PBX_NEED}")
    if what.outgoing_of_users:
        yield Step("Set", "_PBX_MOST=${PBX_MOST}")
    yield Step("Return")


def _full(what: Limits, scope: Scope, over: str, to: str) -> Iterator[Step]:
    """Leads away where the tenant or the user has as many calls as `over` says: `>=` before a call joins, `>` after."""
    lines = _Lines(scope)
    if what.outgoing:
        yield Step("GotoIf", f"$[{lines.out} {over} {what.outgoing}]?{to}", source=(*SOURCE, "outgoing"))
    if what.calls:
        yield Step("GotoIf", f"$[{lines.both} {over} {what.calls}]?{to}", source=(*SOURCE, "calls"))
    if what.outgoing_of_users:
        own = f"${{GROUP_COUNT({scope.slug}.${{PBX_USER}}@{OWN})}}"
        yield Step("GotoIf", f'$["${{PBX_MOST}}" != "" & {own} {over} 0${{PBX_MOST}}]?{to}')


def _leg(what: Limits, scope: Scope) -> Iterator[Step]:
    """On the leg to the carrier, before it is called."""
    lines = _Lines(scope)
    if what.outgoing_counted:
        yield lines.hold()
    yield Step("Set", f"GROUP({OUT})={scope.slug}")
    if what.outgoing_of_users:
        yield Step("ExecIf", f'$["${{PBX_USER}}" != ""]?Set(GROUP({OWN})={scope.slug}.${{PBX_USER}})')
    if what.outgoing_counted:
        yield from _full(what, scope, ">", "late")
        yield lines.let_go()
    if what.any_spending:
        yield from spending.metered(scope)
    yield Step("Return")
    if what.outgoing_counted:
        yield Step("Set", f"GROUP({OUT})={NONE}", "late")
        if what.outgoing_of_users:
            yield Step("Set", f"GROUP({OWN})={NONE}")
        yield lines.let_go()
        yield Step("Hangup", limits.NO_LINE)


@dataclass(frozen=True, slots=True)
class _Lines:
    """How many calls a tenant has, and the right to be the only one who counts them."""

    scope: Scope

    @property
    def out(self) -> str:
        return f"${{GROUP_COUNT({self.scope.slug}@{OUT})}}"

    @property
    def both(self) -> str:
        return f"{self.out} + ${{GROUP_COUNT({self.scope.slug}@{IN})}}"

    def hold(self) -> Step:
        """Refused to who has spoken with the recogniser (`platform`): she may be late though a line is left."""
        return Step("Set", f"LOCAL(held)=${{LOCK({limits.context(self.scope.slug, 'lines')})}}")

    def let_go(self, label: str = "") -> Step:
        return Step("Set", f"LOCAL(held)=${{UNLOCK({limits.context(self.scope.slug, 'lines')})}}", label)


def _refusals(what: Limits) -> Mapping[str, Mapping[str, Recipe]]:
    found = {"lines": LINES} if what.outgoing_counted else {}
    return {
        **found,
        **({"spent": SPENT} if what.any_spending else {}),
        **({"stopped": STOPPED} if what.fraud_stop else {}),
    }


def _refuse(sentence: Mapping[str, Recipe], scope: Scope) -> Iterator[Step]:
    """Says why without answering. A leg of a group or queue has nobody who listens."""
    cause = {id(LINES): limits.NO_LINE}.get(id(sentence), "21")
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
