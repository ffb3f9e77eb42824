"""What a call does at a voice attendant that understands well: a choice, a name, a key, or the question once more."""

from __future__ import annotations

from provisioner.core.feature import Scope
from provisioner.core.languages import best
from provisioner.core.refs import Ref
from provisioner.core.source import Path
from provisioner.core.trace import Around, Call, Move, Step, goes, hears

from .model import VoiceAttendant
from .vocabulary import Entry, entries, languages, plain, texts

FAILED, AGAIN = "voice_attendants.failed", "voice_attendants.again"


def trace(attendants: dict[str, VoiceAttendant], ref: Ref, scope: Scope, call: Call, around: Around) -> Move | None:
    attendant = attendants.get(ref.name) if ref.kind == "voice_attendant" else None
    if attendant is None:
        return None
    path = ("voice_attendants", ref.name)
    here = call.marked(AGAIN, "") if call.mark(AGAIN) == ref.name else call.marked(FAILED, "0")
    steps = [hears(here, scope, attendant.prompt, (*path, "prompt"))]
    understood = _understood(ref.name, attendant, scope, here)
    words = around.words(tuple(understood))
    if entry := understood.get(plain(words)):
        steps.append(Step(f"says “{words}”", entry.path))
        return goes(here, [*steps, Step(f"hears that {entry.usual} is meant")], entry.destination, entry.path)
    key = "" if words else around.key(tuple(attendant.keys))
    if key in attendant.keys:
        where = (*path, "keys", key)
        return goes(here, [*steps, Step(f"presses {key}", where)], attendant.keys[key], where)
    return _again(ref, attendant, words or key, steps, path, scope, here)


def _understood(name: str, attendant: VoiceAttendant, scope: Scope, call: Call) -> dict[str, Entry]:
    """What may be said in the language of the call, else in the tenant's → what is meant."""
    language = best(languages(attendant, scope), call.language) or scope.language
    known = texts(attendant, scope, language)
    return {text: each for each in entries(name, attendant, scope) for text in known.get(each.id, ())}


def _again(
    ref: Ref, attendant: VoiceAttendant, given: str, steps: list[Step], path: Path, scope: Scope, call: Call
) -> Move:
    rule, retry = ("not_understood", attendant.not_understood) if given else ("no_input", attendant.no_input)
    steps.append(
        Step(f"says or presses “{given}”", path, "which is not understood") if given else Step("is silent", path)
    )
    failed = int(call.mark(FAILED)) + 1
    count = f"attempt {failed} of {attendant.attempts}"
    if failed >= attendant.attempts:
        return goes(call, steps, attendant.otherwise, (*path, "otherwise"), count)
    if retry.prompt:
        steps.append(hears(call, scope, retry.prompt, (*path, rule, "prompt")))
    steps.append(Step("is asked again", (*path, "attempts"), count))
    return Move(tuple(steps), call.marked(FAILED, str(failed)).marked(AGAIN, ref.name), ref, within=True)
