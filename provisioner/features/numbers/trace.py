"""What a call does at a public number of the tenant: the number's days, who calls, what is said, the destination.

Who calls is asked of outside callers alone; that everybody gets through for some hours after the tenant called for help
is left out.
"""

from __future__ import annotations

from dataclasses import replace
from zoneinfo import ZoneInfo

from provisioner.core.callers import holds
from provisioner.core.feature import Scope
from provisioner.core.refs import Ref
from provisioner.core.source import Path
from provisioner.core.trace import Around, Call, Ending, Move, Step, ends, goes, hears

from .model import Ask, Number

KEY = "5"
"""What callers press who withhold their number and are asked to press a key."""


def trace(numbers: dict[str, Number], ref: Ref, scope: Scope, call: Call, around: Around) -> Move | None:
    number = numbers.get(ref.name) if ref.kind == "number" and call.fresh else None
    if number is None:
        return None
    path, here = ("numbers", ref.name), replace(call, language=number.language or scope.language)
    day = call.at.astimezone(ZoneInfo(scope.time_zone)).date()
    if number.active_from and day < number.active_from:
        why = f"the number is the tenant's from {number.active_from} on"
        if call.caller.inside:
            step = Step("goes out to whoever has the number", (*path, "active_from"), why)
            return ends(here, [step], Ending.PUBLIC, ref.name)
        return ends(here, [Step("the number is unknown", (*path, "active_from"), why)], Ending.UNKNOWN)
    if number.ended(day):
        return _over(number, day > number.closed.until if number.closed.until else False, path, scope, here)
    steps: list[Step] = []
    return _screened(number, steps, path, here, around) or _welcome(number, steps, path, scope, here)


def _welcome(number: Number, steps: list[Step], path: Path, scope: Scope, call: Call) -> Move:
    if number.recording:
        told, where = number.recording.announcement, (*path, "recording")
        steps.append(hears(call, scope, told, where) if told else Step("hears that the call is recorded", where))
    return goes(call, steps, number.destination, (*path, "destination"))


def _screened(number: Number, steps: list[Step], path: Path, call: Call, around: Around) -> Move | None:
    """What becomes of a caller who does not get through; None for all others."""
    caller = call.caller.number
    if call.caller.inside or holds(number.allowed, caller):
        return None
    if holds(number.blocked, caller):
        why = f"{caller} is blocked"
        if number.refused:
            return goes(call, [], number.refused, (*path, "refused"), why)
        return ends(call, [Step("hears that the call is not taken", (*path, "blocked"), why)], Ending.REFUSED)
    if number.withheld is None or caller:
        return None
    where, why = (*path, "withheld"), "the caller withholds her number"
    if number.withheld.ask is Ask.KEY:
        key = around.key((KEY,))
        steps.append(Step(f"is asked to press {KEY}, and presses {key or 'nothing'}", where, why))
        if key == KEY:
            return None
    if number.withheld.destination:
        return goes(call, steps, number.withheld.destination, (*where, "destination"), why)
    return ends(call, [*steps, Step("hears that the number must be shown", where, why)], Ending.REFUSED)


def _over(number: Number, unknown: bool, path: Path, scope: Scope, call: Call) -> Move:
    """After the last day of the number; `unknown` once that is no longer told."""
    closed, where = number.closed, (*path, "closed")
    why = f"the last day of the number was {number.active_until}"
    if unknown:
        why = f"the last day on which callers are told so was {closed.until}"
        return ends(call, [Step("the number is unknown", (*where, "until"), why)], Ending.UNKNOWN)
    if closed.prompt:
        said = hears(call, scope, closed.prompt, (*where, "prompt"), why)
    else:
        said = Step("hears that the number is not in use", (*path, "active_until"), why)
    if closed.destination:
        return goes(call, [said], closed.destination, (*where, "destination"))
    return ends(call, [said], Ending.UNKNOWN)
