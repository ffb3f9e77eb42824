"""Recorded users in Asterisk: their own leg of each call, whichever way it went.

`<slug>.recorded` knows them: the platform asks it for the caller (`out`) and for each telephone that is rung (`in`).
`<slug>.tells` says what callers of theirs hear before they ring. `<slug>.recording` is what the codes of
`platform.KEYS` do during a call; a pause closes a part of the recording, and going on begins the next.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from provisioner.core.artifacts import Recipe
from provisioner.core.feature import Scope
from provisioner.core.spoken import spoken
from provisioner.targets.asterisk import naming, platform
from provisioner.targets.asterisk.modules import SEAL
from provisioner.targets.asterisk.objects import AsteriskObject, Route, Sound, Step
from provisioner.targets.asterisk.playing import heard
from provisioner.targets.asterisk.recordings import Recording, records

from .model import Recorded, User

TOLD = spoken(sv="Samtalet spelas in.", en="This call is being recorded.")
STARTED = spoken(sv="Inspelning.", en="Recording.")
PAUSED = spoken(sv="Paus i inspelningen.", en="Recording paused.")
STOPPED = spoken(sv="Inspelningen är slut.", en="Recording stopped.")
SOURCE = ("users",)
OTHER = "${FILTER(+0-9a-z,${PBX_OTHER})}"


def lower(users: Mapping[str, User], scope: Scope) -> Iterator[AsteriskObject]:
    always = [name for name, user in users.items() if user.recording is Recorded.ALWAYS]
    asked = [name for name, user in users.items() if user.recording is Recorded.ON_DEMAND]
    here = naming.context(scope.slug, "recorded")
    for name in always:
        yield Route(here, name, tuple(_always(name, scope)), ("users", name, "recording"))
        if scope.recording.told:
            says = (Step("Answer"), Step("Playback", heard(_told(scope), scope.language)))
            steps = (*_unless_internal("in", scope), *says, _RETURN)
            yield Route(naming.context(scope.slug, "tells"), name, steps, ("users", name, "recording"))
    for name in asked:
        yield Route(here, name, tuple(_on_demand(name, scope)), ("users", name, "recording"))
    if asked:
        yield from _keys(scope)
    if always and scope.recording.told and not scope.recording.announcement:
        yield from (Sound(recipe, SOURCE) for recipe in TOLD.values())


_RETURN = Step("Return")


def _told(scope: Scope) -> Mapping[str, Recipe]:
    return scope.sounds[scope.recording.announcement] if scope.recording.announcement else TOLD


def _other() -> Step:
    """Who is at the other end, as seen from the user's own leg."""
    return Step("Set", 'PBX_OTHER=${IF($["${ARG1}" = "out"]?${PBX_DIALLED}:${CONNECTEDLINE(num)})}')


def _unless_internal(direction: str, scope: Scope) -> Iterator[Step]:
    """A call from outside came by a trunk; one to the outside is for no extension of the tenant's."""
    if scope.recording.internal:
        return
    extension = f"${{DIALPLAN_EXISTS({naming.context(scope.slug, 'extensions')},${{PBX_DIALLED}},1)}}"
    inside = {
        "in": '"${PBX_TRUNK}" = ""',
        "out": f"{extension} = 1",
        "": f'("${{ARG1}}" = "in" & "${{PBX_TRUNK}}" = "") | ("${{ARG1}}" = "out" & {extension} = 1)',
    }[direction]
    yield Step("ExecIf", f"$[{inside}]?Return()")


def _always(name: str, scope: Scope) -> Iterator[Step]:
    yield from _unless_internal("", scope)
    yield _other()
    yield records(scope.slug, Recording("user", name, name, OTHER, "${ARG1}"))
    if scope.recording.told:
        tells = heard(_told(scope), scope.language)
        yield Step("ExecIf", f'$["${{ARG1}}" = "out"]?Set(__PBX_TELLS={tells})')
    yield _RETURN


def _on_demand(name: str, scope: Scope) -> Iterator[Step]:
    yield _other()
    beginning = Recording("on-demand", name, name, OTHER, "${ARG1}").beginning(scope.slug)
    yield Step("MSet", f"PBX_KEEPER={scope.slug},PBX_KEPT={beginning},PBX_MONITOR=")
    yield Step("Set", f"DYNAMIC_FEATURES={'#'.join(f'pbx-{what}' for what in platform.KEYS.values())}")
    yield _RETURN


def _keys(scope: Scope) -> Iterator[AsteriskObject]:
    here = naming.context(scope.slug, "recording")

    def says(words: Mapping[str, Recipe]) -> Step:
        return Step("Playback", heard(words, scope.language))

    stop = (Step("StopMixMonitor", "${PBX_MONITOR}"), Step("Set", "PBX_MONITOR="))
    running = '$["${PBX_MONITOR}" = ""]?Return()'
    start = (
        Step("ExecIf", '$["${PBX_MONITOR}" != ""]?Return()'),
        Step("ExecIf", '$["${PBX_BEGAN}" = ""]?MSet(PBX_BEGAN=${EPOCH},PBX_PART=0)'),
        Step("Set", "PBX_PART=$[${PBX_PART} + 1]"),
        says(STARTED),
        Step("MixMonitor", f"${{PBX_KEPT}}${{PBX_BEGAN}}_${{UNIQUEID}}_${{PBX_PART}}.sln,bi(PBX_MONITOR),{SEAL}"),
        _RETURN,
    )
    pause = (Step("ExecIf", running), *stop, says(PAUSED), _RETURN)
    # After a stop the next start is a recording of its own; to stop a paused one needs nothing to be stopped.
    end = (
        Step("ExecIf", '$["${PBX_BEGAN}" = ""]?Return()'),
        Step("ExecIf", '$["${PBX_MONITOR}" != ""]?StopMixMonitor(${PBX_MONITOR})'),
        Step("MSet", "PBX_MONITOR=,PBX_BEGAN="),
        says(STOPPED),
        _RETURN,
    )
    for what, steps in (("start", start), ("pause", pause), ("stop", end)):
        yield Route(here, what, steps, SOURCE)
    for words in (STARTED, PAUSED, STOPPED):
        yield from (Sound(recipe, SOURCE) for recipe in words.values())
