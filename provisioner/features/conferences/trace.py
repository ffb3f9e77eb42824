"""What a call does at a telephone conference: who leads and who comes in without a PIN, and whom it keeps out."""

from __future__ import annotations

from provisioner.core.feature import Scope
from provisioner.core.refs import Ref
from provisioner.core.source import Path
from provisioner.core.trace import Around, Call, Ending, Move, Step, ends, hears

from .model import Conference


def trace(conferences: dict[str, Conference], ref: Ref, scope: Scope, call: Call, around: Around) -> Move | None:
    """PINs are known to nobody here: whoever is asked for one is taken to type the members'."""
    conference = conferences.get(ref.name) if ref.kind == "conference" else None
    if conference is None:
        return None
    path = ("conferences", ref.name)
    leader = next((i for i, each in enumerate(conference.leaders) if each.name == call.caller.user), None)
    if call.caller.inside and call.caller.user and leader is not None:
        led = Step("leads the conference", (*path, "leaders", leader), "is one of its leaders")
        return ends(call, [*_told(conference, scope, call, path), led], Ending.CONFERENCE, str(ref))
    steps = [_admitted(conference, call, path)]
    if around.full(ref):
        full = Step("is not let in", (*path, "max_members"), f"{conference.max_members} are in it")
        return ends(call, [*steps, full], Ending.REFUSED)
    steps += _told(conference, scope, call, path)
    if conference.wait_for_leader:
        steps.append(Step("waits until a leader is there", (*path, "wait_for_leader")))
    return ends(call, steps, Ending.CONFERENCE, str(ref))


def _admitted(conference: Conference, call: Call, path: Path) -> Step:
    if not conference.pin:
        return Step("comes in without a PIN", (*path, "pin"))
    if conference.colleagues and call.caller.inside:
        return Step("comes in without a PIN", (*path, "colleagues"), "is a colleague")
    return Step("types the PIN of the members", path)


def _told(conference: Conference, scope: Scope, call: Call, path: Path) -> list[Step]:
    steps = [hears(call, scope, conference.greeting, (*path, "greeting"))] if conference.greeting else []
    if conference.recording is not None:
        told, where = conference.recording.announcement, (*path, "recording")
        steps.append(hears(call, scope, told, where) if told else Step("hears that the conference is recorded", where))
    return steps
