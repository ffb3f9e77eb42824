"""What a call does at a call-back menu: a number is offered or keyed in, read back and confirmed, then kept.

A number is one that may be left if its class is; the forms in which people at home dial it are read as the country's
plan says.
"""

from __future__ import annotations

import re

from provisioner.core.feature import Scope
from provisioner.core.numbering import call_class, is_valid, plan_of
from provisioner.core.refs import E164_PATTERN, Ref
from provisioner.core.source import Path
from provisioner.core.trace import Around, Call, Move, Step, goes, hears

from .model import CallBack, Numbers

YES, OTHER = "1", "2"
LONGEST = 20
FAILED, STAGE = "call_backs.failed", "call_backs.stage"
"""Notes: failed attempts, and whether the caller's own number was offered already."""


def trace(call_backs: dict[str, CallBack], ref: Ref, scope: Scope, call: Call, around: Around) -> Move | None:
    menu = call_backs.get(ref.name) if ref.kind == "call_back" else None
    if menu is None:
        return None
    path, steps = ("call_backs", ref.name), list[Step]()
    if call.mark(STAGE) == ref.name:
        return _keyed_in(ref, menu, path, scope, call.marked(STAGE, ""), around)
    call = call.marked(FAILED, "0")
    if menu.prompt:
        steps.append(hears(call, scope, menu.prompt, (*path, "prompt")))
    own = call.caller.number
    if not (menu.offer_caller_number and own and _fits(own, menu, scope)):
        return Move(tuple(steps), call.marked(STAGE, ref.name), ref, within=True)
    key = around.key((YES, OTHER))
    where = (*path, "offer_caller_number")
    steps.append(Step(f"is offered a call to {own}, and presses {key or 'nothing'}", where))
    if key == YES:
        return _stored(own, menu, steps, path, call)
    if key == OTHER:
        return Move(tuple(steps), call.marked(STAGE, ref.name), ref, within=True)
    return _again(ref, menu, steps, path, call)


def _keyed_in(ref: Ref, menu: CallBack, path: Path, scope: Scope, call: Call, around: Around) -> Move:
    keyed = around.digits(_example(scope), LONGEST)
    number = _number(keyed, scope)
    steps = [Step(f"is asked for a number, and keys in {keyed or 'nothing'}", path)]
    if not keyed or not _fits(number, menu, scope):
        if keyed:
            steps.append(Step("hears that the number cannot be called", (*path, "numbers")))
        return _again(ref, menu, steps, path, call)
    key = around.key((YES, OTHER))
    steps.append(Step(f"hears it read back, and presses {key or 'nothing'}", path))
    return _stored(number, menu, steps, path, call) if key == YES else _again(ref, menu, steps, path, call)


def _stored(number: str, menu: CallBack, steps: list[Step], path: Path, call: Call) -> Move:
    kept = Step(f"{number} is kept to be called back", (*path, "notify") if menu.notify else path)
    return goes(call, [*steps, kept], menu.then, (*path, "then"))


def _again(ref: Ref, menu: CallBack, steps: list[Step], path: Path, call: Call) -> Move:
    failed = int(call.mark(FAILED)) + 1
    count = f"attempt {failed} of {menu.attempts}"
    if failed >= menu.attempts:
        return goes(call, steps, menu.exhausted, (*path, "exhausted"), count)
    again = call.marked(FAILED, str(failed)).marked(STAGE, ref.name)
    return Move((*steps, Step("is asked again", (*path, "attempts"), count)), again, ref, within=True)


def _fits(number: str, menu: CallBack, scope: Scope) -> bool:
    plan = plan_of(scope.country)
    if plan is None or not re.fullmatch(E164_PATTERN, number) or number in scope.tenant_numbers:
        return False
    kind, order = Numbers(call_class(number, plan)), list(Numbers)
    # Of other countries only the form is known; of numbers at home the plan knows them all.
    if kind in (Numbers.NATIONAL, Numbers.MOBILE) and not is_valid(number):
        return False
    return order.index(kind) <= order.index(menu.numbers)


def _example(scope: Scope) -> tuple[str, ...]:
    """A number as people at home key it in."""
    plan = plan_of(scope.country)
    return (f"{plan.national_prefix}{plan.example.removeprefix(f'+{plan.calling_code}')}",) if plan else ()


def _number(keyed: str, scope: Scope) -> str:
    """What was keyed in, in E.164 form; empty where it is none."""
    plan = plan_of(scope.country)
    if plan is None or not keyed.isdigit():
        return ""
    if keyed.startswith(plan.international_prefix):
        return f"+{keyed.removeprefix(plan.international_prefix)}"
    if plan.national_prefix and keyed.startswith(plan.national_prefix):
        return f"+{plan.calling_code}{keyed.removeprefix(plan.national_prefix)}"
    at_home = (plan.prefix_optional or not plan.national_prefix) and not keyed.startswith("0")
    return f"+{plan.calling_code}{keyed}" if at_home else ""
