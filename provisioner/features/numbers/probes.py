"""A public number as its caller meets it: mostly nothing is heard and the call goes on.

A number that is closed or to be closed is called after its last day too, one that is to open on its first day. Test
callers all have numbers of one kind, so who is blocked is asked for these alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from provisioner.core.callers import holds
from provisioner.core.feature import Scope
from provisioner.core.probes import Hears, IsEnded
from provisioner.core.refs import Ref
from provisioner.core.visits import Caller, Visit, Way

from .asterisk import NOT_IN_USE, RECORDED, in_turn
from .model import Kind, Number
from .screening import REFUSED

NOON = time(12, 30)
ROWS = {Kind.MAIN: "N1", Kind.DIRECT: "N2", Kind.MOBILE: "N4", Kind.OTHER: "N1"}


def visit(numbers: dict[str, Number], ref: Ref, scope: Scope, caller: Caller) -> Visit | None:
    number = numbers.get(ref.name) if ref.kind == "number" else None
    if number is None:
        return None
    return Visit(ways=tuple(_ways(number, scope, caller)), rows=(ROWS[number.kind],))


def _ways(number: Number, scope: Scope, caller: Caller) -> Iterator[Way]:
    zone = ZoneInfo(scope.time_zone)
    today = caller.now.astimezone(zone).date()
    first = number.active_from if number.active_from and number.active_from > today else None
    if not number.ended(first or today):
        yield _open(number, scope, caller, datetime.combine(first, NOON, zone) if first else None)
    if number.active_until:
        after = max(today, number.active_until + timedelta(days=1))
        if number.closed.until is None or after <= number.closed.until:
            # Where it is closed already, the platform's own clock says so.
            at = None if number.ended(today) else datetime.combine(after, NOON, zone)
            yield _over(number, scope, caller, at)


def _open(number: Number, scope: Scope, caller: Caller, at: datetime | None) -> Way:
    language = number.language or scope.language
    here = Caller(line=caller.line, language=language, now=caller.now)
    when = f"{at:%Y-%m-%d}" if at else ""
    if holds(number.blocked, caller.line.number) and not holds(number.allowed, caller.line.number):
        if number.refused:
            return Way(id="blocked", title="blocked", to=number.refused, at=at, language=language)
        heard = Hears(caller.line, here.hears(REFUSED, language))
        return Way(id="blocked", title="blocked", steps=(heard, IsEnded(caller.line)), at=at)
    steps: tuple[Hears, ...] = ()
    if number.recording:
        own = number.recording.announcement
        sounds = scope.sounds[own.name] if own else RECORDED
        steps = (Hears(caller.line, here.hears(sounds, scope.language)),)
    return Way(id="", title=when, steps=steps, to=number.destination, at=at, language=language)


def _over(number: Number, scope: Scope, caller: Caller, at: datetime | None) -> Way:
    closed, language = number.closed, number.language or scope.language
    sounds = scope.sounds[closed.prompt.name] if closed.prompt else NOT_IN_USE
    steps = tuple(Hears(caller.line, sound) for sound in in_turn(sounds, language, scope))
    if closed.destination:
        return Way(id="closed", title="closed", steps=steps, to=closed.destination, at=at, language=language)
    return Way(id="closed", title="closed", steps=(*steps, IsEnded(caller.line)), at=at)
