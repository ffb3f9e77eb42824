"""What a call meets in a user's activity: words for the caller, then where the activity or the user says.

It comes from the users' room with notes of whose activity it is and what she says of it herself.
"""

from __future__ import annotations

from collections.abc import Mapping

from provisioner.core.artifacts import named
from provisioner.core.feature import Scope
from provisioner.core.languages import best
from provisioner.core.refs import Ref
from provisioner.core.source import Path
from provisioner.core.trace import Around, Call, Move, Step, goes, hears

from .model import Fields, Known, known

USER, OWN_PROMPT, OWN_WAY, AWAY, RINGS = (
    "activity.user", "activity.prompt", "activity.own", "activity.away", "activity.rings",
)  # fmt: skip
"""The notes: whose it is, her own prompt, her own way (`away` where she has a rule without one), where unanswered calls
go, and back to her: that her telephones ring."""


def trace(section: Mapping[str, Fields] | None, ref: Ref, scope: Scope, call: Call, _: Around) -> Move | None:
    activity = known(section).get(ref.name) if ref.kind == "activity" else None
    if activity is None:
        return None
    user, own = call.mark(USER), call.mark(OWN_WAY)
    path: Path = ("activities", ref.name) if section and ref.name in section else ("activities",)
    if activity.rings and not own:
        step = Step("her telephones ring all the same", path, f"as in every {ref.name}")
        return Move((step,), call.marked(RINGS, user), Ref("user", user), within=True)
    steps, away = _said(ref.name, activity, call, scope, path), call.mark(AWAY)
    for note in (USER, OWN_PROMPT, OWN_WAY, AWAY):
        call = call.marked(note, "")
    hers = ("users", user, "activities", ref.name)
    if own and own != "away":
        return goes(call, steps, _ref(own), (*hers, "destination"), "as she says for this activity")
    if activity.destination:
        return goes(call, steps, activity.destination, (*path, "destination"))
    return goes(call, steps, _ref(away), ("users", user), "as if nobody had answered")


def _said(name: str, activity: Known, call: Call, scope: Scope, path: Path) -> list[Step]:
    if own := call.mark(OWN_PROMPT):
        return [hears(call, scope, Ref("prompt", own), ("users", call.mark(USER), "activities", name, "prompt"))]
    if activity.prompt:
        return [hears(call, scope, activity.prompt, (*path, "prompt"))]
    words = activity.words(scope)
    tag = best(words, call.language) or best(words, scope.language)
    return [Step(f"hears {named(words[tag])}" if tag is not None else "hears nothing of it", path)]


def _ref(text: str) -> Ref:
    kind, _, name = text.partition(":")
    return Ref(kind, name)
