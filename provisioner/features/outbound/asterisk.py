"""What a user dials, in Asterisk.

`<slug>.outgoing` looks for the dialled digits in turn among emergency numbers, services, extensions and the public
network. `<slug>.transfer` is where she can send a call on to: all of these but services, which do something for whoever
dials them. `<slug>.public` brings public numbers into E.164 form by the country's plan, `<slug>.permit` compares the
class of the number with the user's permission, and `<slug>.number` calls it. Forwarding rules of the tenant file enter
at `<slug>.number`, because an engineer's word needs no permission.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from provisioner.core.artifacts import Recipe
from provisioner.core.feature import Scope
from provisioner.core.numbering import NumberingPlan, plan_of
from provisioner.core.refs import Ref
from provisioner.core.spoken import spoken
from provisioner.targets.asterisk import classes, limits, naming, transfer
from provisioner.targets.asterisk.objects import LAST_WORDS, AsteriskObject, Include, Route, Sound, Step, Steps
from provisioner.targets.asterisk.playing import heard

from . import override
from .model import Outbound

SEARCHED = (("emergency", 10), ("service", 20), ("extensions", 30), ("public", 40))
"""Where dialled digits are looked for. Emergency first: nothing that a tenant declares may stand before it."""

SENT_ON = tuple(each for each in SEARCHED if each[0] != "service")
"""Where a call is sent on to. A caller from outside at a service would hear a user's messages, or log her out."""

BARRED = spoken(
    sv="Du har inte behörighet att ringa det här numret.",
    en="You are not permitted to call this number.",
)
UNKNOWN = spoken(
    sv="Numret är inte fullständigt. Kontrollera numret och försök igen.",
    en="This number is not complete. Please check the number and try again.",
)

HANGUPS = (("busy", "Busy", "10"), ("congestion", "Congestion", "10"), ("normal", "Hangup", "16"),
           ("unavailable", "Hangup", "19"))  # fmt: skip
"""Name, application, argument. Busy and Congestion play their tone to a caller who was answered already."""

SOURCE = ("outbound",)


def lower(outbound: Outbound, scope: Scope) -> Iterator[AsteriskObject]:
    plan = plan_of(scope.country)
    assert plan, f"no numbering plan for {scope.country}"
    for way, places in (("outgoing", SEARCHED), ("transfer", SENT_ON)):
        for other, rank in places:
            yield Include(naming.context(scope.slug, way), naming.context(scope.slug, other), rank, SOURCE)
    yield from _extensions(scope)
    yield from _public(scope, plan)
    yield Route(naming.context(scope.slug, "permit"), "_+X.", tuple(_permit(scope, plan)), SOURCE)
    yield from _number(scope)
    yield from _hangup(scope)
    if outbound.override:
        yield from override.lower(outbound.override, scope, tuple(_refuse(scope, "barred", BARRED, 21)))
    for sentence in (BARRED, UNKNOWN):
        yield from (Sound(recipe, SOURCE) for recipe in sentence.values())


def _extensions(scope: Scope) -> Iterator[Route]:
    say, context = Steps(scope.slug), naming.context(scope.slug, "extensions")
    for extension, ref in scope.extensions.items():
        yield Route(context, extension, (say.goto(ref),), scope.extension_sources[extension])


def _public(scope: Scope, plan: NumberingPlan) -> Iterator[Route]:
    """Digits as people dial them → the number in E.164 form, or a short number as it is."""
    before = scope.outside_prefix
    cut = len(before)
    yield _as(scope, "_+X.", "${EXTEN}")
    yield _as(scope, f"_{before}{plan.international_prefix}X.", f"+${{EXTEN:{cut + len(plan.international_prefix)}}}")
    if before:
        yield _as(scope, f"_{before}+X.", f"${{EXTEN:{cut}}}")
    if plan.national_prefix:
        national = f"+{plan.calling_code}${{EXTEN:{cut + len(plan.national_prefix)}}}"
        yield _as(scope, f"_{before}{plan.national_prefix}X.", national)
    other = f"_{before}{'[1-9]' if plan.national_prefix else ''}X."
    yield Route(naming.context(scope.slug, "public"), other, tuple(_short(scope, plan, cut)), SOURCE)


def _as(scope: Scope, pattern: str, number: str) -> Route:
    step = Step("Goto", f"{naming.context(scope.slug, 'permit')},{number},1")
    return Route(naming.context(scope.slug, "public"), pattern, (step,), SOURCE)


def _short(scope: Scope, plan: NumberingPlan, cut: int) -> Iterator[Step]:
    """Numbers without any prefix: the country's short numbers, and whole national ones where it has no prefix."""
    digits = f"${{EXTEN:{cut}}}" if cut else "${EXTEN}"
    if plan.prefix_optional:
        whole = f"{naming.context(scope.slug, 'permit')},+{plan.calling_code}{digits},1"
        yield Step("GotoIf", f"{classes.matches(plan.valid, digits)}?{whole}")
    need = classes.need_of_short(plan, digits)
    if plan.short:
        yield Step("GotoIf", f"$[{classes.matches(plan.short, digits)} = 0]?unknown")
        yield Step("GotoIf", f"$[{need} > 0${{PBX_CLASS}}]?barred")
        yield Step("Goto", f"{naming.context(scope.slug, 'number')},{digits},1")
        yield from _refuse(scope, "barred", BARRED, 21)
    yield from _refuse(scope, "unknown", UNKNOWN, 28)


def _permit(scope: Scope, plan: NumberingPlan) -> Iterator[Step]:
    own = naming.context(scope.slug, "numbers")
    yield Step("GotoIf", f"${{DIALPLAN_EXISTS({own},${{EXTEN}},1)}}?{own},${{EXTEN}},1")
    yield from classes.need(plan, "${EXTEN}")
    yield Step("GotoIf", "$[${PBX_NEED} > 0${PBX_CLASS}]?barred")
    yield Step("Goto", f"{naming.context(scope.slug, 'number')},${{EXTEN}},1")
    yield from _refuse(scope, "barred", BARRED, 21)


def _refuse(scope: Scope, label: str, sentence: Mapping[str, Recipe], cause: int) -> Iterator[Step]:
    # Whoever was sent on cannot help it: the call goes back to who did it.
    yield Step("GotoIf", f'$["${{{transfer.SENDER}}}" != ""]?{transfer.BACK},s,1', label)
    yield from Steps(scope.slug).before_answer()
    yield Step("Playback", f"{heard(sentence, scope.language)},noanswer")
    yield Step("Hangup", str(cause))


def _number(scope: Scope) -> Iterator[Route]:
    """The public network. Every call shows a number of the tenant's, also one sent on: carriers refuse others."""
    say, context = Steps(scope.slug), naming.context(scope.slug, "number")
    shown = f'${{IF($["${{PBX_OUT_NUMBER}}" = ""]?{scope.main_number}:${{PBX_OUT_NUMBER}})}}'
    steps = (
        say.enter(Ref("number", "${EXTEN}")),
        *([limits.ask(scope.slug, "${EXTEN}")] if scope.limits_calls else ()),
        Step("Set", f"CALLERID(num)={shown}"),
        Step("Set", "CALLERID(name)="),
        Step("Set", 'CALLERID(pres)=${IF($["${PBX_OUT_PRESENTATION}" = "prohib"]?prohib:allowed)}'),
        Step("Gosub", "pbx.diverted,s,1"),
        say.dial_public("${EXTEN}"),
        *([limits.none_was_free(scope.slug)] if scope.counts_lines else ()),
        Step("Hangup", "${HANGUPCAUSE}"),
    )
    for pattern in ("_+X.", "_X."):
        yield Route(context, pattern, steps, SOURCE)


def _hangup(scope: Scope) -> Iterator[Route]:
    context = naming.context(scope.slug, "hangup")
    for name, application, argument in HANGUPS:
        words = (LAST_WORDS,) if name == "normal" else ()
        steps = (Steps(scope.slug).enter(Ref("hangup", name)), *words, Step(application, argument))
        yield Route(context, name, steps, SOURCE)
