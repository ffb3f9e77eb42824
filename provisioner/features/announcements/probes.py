"""An announcement as its caller meets it."""

from __future__ import annotations

from provisioner.core.feature import Scope
from provisioner.core.probes import Hears
from provisioner.core.refs import Ref
from provisioner.core.visits import Caller, Visit, Way

from .model import Announcement


def visit(announcements: dict[str, Announcement], ref: Ref, scope: Scope, caller: Caller) -> Visit | None:
    each = announcements.get(ref.name) if ref.kind == "announcement" else None
    if each is None:
        return None
    sound = caller.hears(scope.sounds[each.prompt.name], scope.language)
    onward = Way(id="then", title="", to=each.then)
    return Visit(arrival=(Hears(caller.line, sound),), ways=(onward,), rows=("R1",))
