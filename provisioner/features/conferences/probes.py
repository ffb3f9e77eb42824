"""A telephone conference as a caller meets it: the PIN is asked for.

No test call types one, for wrong ones are counted, and none comes in: it would disturb those who confer.
"""

from __future__ import annotations

from provisioner.core.feature import Scope
from provisioner.core.probes import HangsUp, Hears
from provisioner.core.refs import Ref
from provisioner.core.visits import Caller, Visit, Way

from .asterisk import ASKED
from .model import Conference


def visit(conferences: dict[str, Conference], ref: Ref, scope: Scope, caller: Caller) -> Visit | None:
    conference = conferences.get(ref.name) if ref.kind == "conference" else None
    if conference is None or not conference.pin or (caller.internal and conference.colleagues):
        return None
    arrival = (Hears(caller.line, caller.hears(ASKED, scope.language)),)
    asked = Way(id="pin", title="a PIN is asked for", steps=(HangsUp(caller.line),))
    return Visit(arrival=arrival, ways=(asked,), rows=("C11",))
