"""Telephone numbers that callers key in: brought into E.164 form, told by kind, read back digit by digit.

A room opens these routes in a context of its own (`context`). Called with a number as extension, in any form that
people key in, they set PBX_NUMBER and PBX_KIND; `say` appends the sounds of PBX_NUMBER, as people at home dial it, to
PBX_SAID. What a room then lets through is its own affair (`fits`).
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import IntEnum

from provisioner.core.feature import Scope
from provisioner.core.numbering import COSTLY_CODES, NumberingPlan, plan_of
from provisioner.core.source import Path
from provisioner.core.spoken import spoken

from . import naming
from .objects import AsteriskObject, Route, Sound, Step
from .playing import heard

_SWEDISH = ("noll", "ett", "två", "tre", "fyra", "fem", "sex", "sju", "åtta", "nio")
_ENGLISH = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
DIGITS = tuple(spoken(sv=sv, en=en) for sv, en in zip(_SWEDISH, _ENGLISH, strict=True))
"""By digit. Asterisk's own are English only."""

NOT_CALLABLE = spoken(sv="Det numret kan vi inte ringa.", en="We cannot call that number.")

LONGEST = 20
"""Keys that are taken for a number at once; E.164 has 15 digits, and up to five go before them."""


class Kind(IntEnum):
    """What PBX_KIND holds; each kind is dearer than those before it."""

    NONE = 0
    """No number, or one that must not be called back: the tenant's own and short ones, emergency numbers among them."""
    NATIONAL = 1
    MOBILE = 2
    INTERNATIONAL = 3
    PREMIUM = 4


def context(slug: str, room: str) -> str:
    return naming.context(slug, "asking", room)


def routes(room: str, scope: Scope, source: Path) -> Iterator[AsteriskObject]:
    home, plan = context(scope.slug, room), plan_of(scope.country)
    assert plan, f"no numbering plan for {scope.country}"
    yield from _forms(home, scope, plan, source)
    yield Route(home, "say", tuple(_say(home, plan)), source)
    for digit, sounds in enumerate(DIGITS):
        add = Step("Set", f"PBX_SAID=${{PBX_SAID}}&{heard(sounds, scope.language)}")
        yield Route(home, f"digit{digit}", (add, Step("Return")), source)
    for sounds in (*DIGITS, NOT_CALLABLE):
        yield from (Sound(recipe, source) for recipe in sounds.values())


def told(slug: str, room: str, number: str) -> str:
    """The argument of Gosub that tells of a number what it is."""
    return f"{context(slug, room)},{number},1"


def fits(most: Kind | str) -> str:
    """Whether PBX_NUMBER may be called, at most of that kind."""
    return f"0${{PBX_KIND}} > 0 & 0${{PBX_KIND}} <= {most}"


def _forms(home: str, scope: Scope, plan: NumberingPlan, source: Path) -> Iterator[Route]:
    yield Route(home, "_+X.", tuple(_kind(scope, plan)), source)

    def same_as(pattern: str, number: str) -> Route:
        return Route(home, pattern, (Step("Goto", f"{number},1"),), source)

    international = plan.international_prefix
    yield same_as(f"_{international}X.", f"+${{EXTEN:{len(international)}}}")
    if plan.national_prefix:
        yield same_as(f"_{plan.national_prefix}X.", f"+{plan.calling_code}${{EXTEN:{len(plan.national_prefix)}}}")
    if plan.prefix_optional or not plan.national_prefix:
        yield same_as("_[1-9]X.", f"+{plan.calling_code}${{EXTEN}}")
    # The widest pattern comes last: what fits no form.
    none = (Step("Set", f"PBX_KIND={Kind.NONE}"), Step("Return"))
    yield Route(home, "_[+0-9]!", none, source)


def _kind(scope: Scope, plan: NumberingPlan) -> Iterator[Step]:
    code, own = plan.calling_code, naming.context(scope.slug, "numbers")
    yield Step("Set", "PBX_NUMBER=${EXTEN}")
    yield Step("Set", f"PBX_KIND={Kind.NONE}")
    # Of other countries only the form is known here; of numbers with our own code the plan knows them all.
    yield _is("[1-9][0-9]{6,14}", Kind.INTERNATIONAL)
    if not plan.shared:
        yield Step("ExecIf", f'${{REGEX("^[+]{code}" ${{EXTEN}})}}?Set(PBX_KIND={Kind.NONE})')
    for pattern, kind in (
        (f"{code}{plan.valid}", Kind.NATIONAL),
        (plan.mobile and code + plan.mobile, Kind.MOBILE),
        (plan.premium and code + plan.premium, Kind.PREMIUM),
        (f"({'|'.join(COSTLY_CODES)})[0-9]+", Kind.PREMIUM),
    ):
        if pattern:
            yield _is(pattern, kind)
    # Who is called back at a number of the tenant's would be sent to the queue or menu again.
    yield Step("ExecIf", f"$[${{DIALPLAN_EXISTS({own},${{EXTEN}},1)}} = 1]?Set(PBX_KIND={Kind.NONE})")
    yield Step("Return")


def _is(pattern: str, kind: Kind) -> Step:
    return Step("ExecIf", f'${{REGEX("^[+]{pattern}$" ${{EXTEN}})}}?Set(PBX_KIND={kind})')


def _say(home: str, plan: NumberingPlan) -> Iterator[Step]:
    cut = len(plan.calling_code) + 1
    at_home = f'"${{PBX_NUMBER:0:{cut}}}" = "+{plan.calling_code}"'
    national, abroad = f"{plan.national_prefix}${{PBX_NUMBER:{cut}}}", f"{plan.international_prefix}${{PBX_NUMBER:1}}"
    yield Step("Set", f"LOCAL(left)=${{IF($[{at_home}]?{national}:{abroad})}}")
    yield Step("GotoIf", '$["${left}" = ""]?done', label="next")
    yield Step("Gosub", f"{home},digit${{left:0:1}},1")
    yield Step("Set", "LOCAL(left)=${left:1}")
    yield Step("Goto", "next")
    yield Step("Return", label="done")
