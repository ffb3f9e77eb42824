"""A shared mailbox as its caller meets it: the greeting, and a message that is there afterwards."""

from __future__ import annotations

from provisioner.core.feature import Scope
from provisioner.core.probes import HangsUp, Hears, MessageLeft, Speaks, Waits
from provisioner.core.refs import Ref
from provisioner.core.visits import BEEP, Caller, Visit, Way, by_keys

from .asterisk import GREETING
from .model import SharedMailbox


def visit(boxes: dict[str, SharedMailbox], ref: Ref, scope: Scope, caller: Caller) -> Visit | None:
    box = boxes.get(ref.name) if ref.kind == "voicemail" else None
    if box is None:
        return None
    sounds = scope.sounds[box.greeting.name] if box.greeting else GREETING
    message = Way(
        id="message",
        title="a message is left",
        steps=(Waits(BEEP), Speaks(caller.line), HangsUp(caller.line), MessageLeft(ref.name, caller.line)),
    )
    arrival = (Hears(caller.line, caller.hears(sounds, scope.language)),)
    return Visit(arrival=arrival, ways=(message, *by_keys(caller.line, box.keys)), rows=("R5",))
