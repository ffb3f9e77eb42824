"""A voice attendant as its caller meets it: the question, each key, and silence until a person is found."""

from __future__ import annotations

from provisioner.core.feature import Scope
from provisioner.core.probes import Hears, Presses, Step, Waits
from provisioner.core.refs import Ref
from provisioner.core.visits import NOTICE, Caller, Visit, Way

from .asterisk import TALK
from .model import VoiceAttendant

KEYS = {"*": "star", "#": "hash"}


def visit(attendants: dict[str, VoiceAttendant], ref: Ref, scope: Scope, caller: Caller) -> Visit | None:
    attendant = attendants.get(ref.name) if ref.kind == "voice_attendant" else None
    if attendant is None:
        return None
    asked = Hears(caller.line, caller.hears(scope.sounds[attendant.prompt.name], scope.language))
    keys = tuple(
        Way(id=f"key-{KEYS.get(key, key)}", title=f"key {key}", steps=(Presses(caller.line, key),), to=destination)
        for key, destination in attendant.keys.items()
    )
    wait = attendant.timeout + TALK
    heard = Hears(caller.line, asked.sound, within=asked.within + wait + NOTICE)
    again: tuple[Step, ...] = (*[heard] * (attendant.attempts - 1), Waits(wait))
    silent = Way(id="silent", title="nothing is said", steps=again, to=attendant.otherwise)
    return Visit(arrival=(asked,), ways=(*keys, silent), rows=("R9",))
