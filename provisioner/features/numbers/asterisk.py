"""The tenant's numbers in Asterisk: one extension each, where calls from outside come in.

In order: the number's days, who calls, what those see who answer, recording, the destination. Days are asked for at
the time of the call, so that a porting needs nobody to apply on its day. Who calls is asked of outside callers alone,
and of nobody for some hours after the tenant called for help: a rescuer may call back from anywhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from provisioner.core.artifacts import Recipe
from provisioner.core.feature import Scope
from provisioner.core.refs import Ref
from provisioner.core.source import Path
from provisioner.core.spoken import spoken
from provisioner.targets.asterisk import naming
from provisioner.targets.asterisk.objects import AsteriskObject, Route, Sound, Step, Steps
from provisioner.targets.asterisk.playing import heard, played
from provisioner.targets.asterisk.recordings import Recording, records
from provisioner.targets.asterisk.text import literal

from . import screening
from .model import Display, Number

NOT_IN_USE = spoken(
    sv="Numret som du har ringt är inte längre i bruk.",
    en="The number that you have called is no longer in use.",
)
RECORDED = spoken(sv="Samtalet spelas in.", en="This call is being recorded.")

UNALLOCATED = "1"
"""The cause (ITU-T Q.850) that a caller's own operator announces as an unknown number."""


def lower(numbers: dict[str, Number], scope: Scope) -> Iterator[AsteriskObject]:
    context = naming.context(scope.slug, "numbers")
    for number, what in numbers.items():
        path = ("numbers", number)
        yield Route(context, number, tuple(_steps(number, what, scope)), path)
    yield from (Sound(recipe, ("numbers",)) for sounds in _sounds(numbers) for recipe in sounds.values())
    yield from screening.subroutine(numbers, scope)


def _sounds(numbers: Mapping[str, Number]) -> Iterator[Mapping[str, Recipe]]:
    """What the platform says itself, as far as this tenant needs it."""
    if any(each.active_until and not each.closed.prompt for each in numbers.values()):
        yield NOT_IN_USE
    if any(each.recording and not each.recording.announcement for each in numbers.values()):
        yield RECORDED
    yield from screening.sounds(numbers.values())


def _steps(number: str, what: Number, scope: Scope) -> Iterator[Step]:
    path, say = ("numbers", number), Steps(scope.slug)
    yield say.enter(Ref("number", number), path)
    yield Step("Set", f"CHANNEL(language)={what.language or scope.language}", source=path)
    yield from _days(what, scope, path)
    yield from screening.ask(what, scope, path)
    # Those who answer see what was called; a name that the carrier sent would say less.
    yield from _display(what, (*path, "title"))
    if what.recording:
        yield from _recording(number, what, scope, (*path, "recording"))
    yield say.goto(what.destination, (*path, "destination"))
    yield from screening.refuse(what, scope, path)
    if what.active_until:
        yield from _over(what, scope, (*path, "closed"))
    if what.active_from:
        yield from _not_yet(scope, (*path, "active_from"))


def _days(what: Number, scope: Scope, path: Path) -> Iterator[Step]:
    if not (what.active_from or what.active_until):
        return
    clock = f"${{DB({naming.database_family(scope.slug)}/clock-offset)}}"
    day = f"${{STRFTIME($[${{EPOCH}} + 0{clock}],{scope.time_zone},%Y%m%d)}}"
    yield Step("Set", f"PBX_DAY={day}", source=path)
    if what.active_from:
        yield Step("GotoIf", f"$[${{PBX_DAY}} < {what.active_from:%Y%m%d}]?early", source=(*path, "active_from"))
    if what.active_until:
        yield Step("GotoIf", f"$[${{PBX_DAY}} > {what.active_until:%Y%m%d}]?over", source=(*path, "active_until"))


def _display(what: Number, path: Path) -> Iterator[Step]:
    if not what.title or what.display is Display.NONE:
        return
    title = literal(what.title)
    yield Step("Set", "__PBX_TITLED=yes", source=path)
    if what.display is Display.NAME:
        yield Step("Set", f"CALLERID(name)={title}", source=path)
        return
    yield Step("GotoIf", "$[${LEN(${CALLERID(name)})} > 0]?named", source=path)
    yield Step("Set", "CALLERID(name)=${FILTER(+0-9,${CALLERID(num)})}", source=path)
    yield Step("Set", f"CALLERID(name)={title}: ${{CALLERID(name)}}", "named", path)


def _recording(number: str, what: Number, scope: Scope, path: Path) -> Iterator[Step]:
    assert what.recording
    own = what.recording.announcement
    yield Steps(scope.slug).answer(path)
    yield Step("Playback", heard(scope.sounds[own.name] if own else RECORDED, scope.language), source=path)
    yield records(scope.slug, Recording("number", number[1:]), path)


def _over(what: Number, scope: Scope, path: Path) -> Iterator[Step]:
    """The number is closed: says so and goes on where the file says. Who is not sent on is not answered either."""
    closed, say, label = what.closed, Steps(scope.slug), "over"
    if closed.until:
        unknown = f"$[${{PBX_DAY}} > {closed.until:%Y%m%d}]?Hangup({UNALLOCATED})"
        yield Step("ExecIf", unknown, label, (*path, "until"))
        label = ""
    sounds = scope.sounds[closed.prompt.name] if closed.prompt else NOT_IN_USE
    heard_here = in_turn(sounds, what.language or scope.language, scope)
    if closed.destination:
        yield Step("Answer", label=label, source=path)
        yield from (Step("Playback", played(sound), source=path) for sound in heard_here)
        yield say.goto(closed.destination, (*path, "destination"))
    else:
        yield from say.before_answer(path, label=label)
        yield from (Step("Playback", f"{played(sound)},noanswer", source=path) for sound in heard_here)
        yield Step("Hangup", UNALLOCATED, source=path)


def _not_yet(scope: Scope, path: Path) -> Iterator[Step]:
    """Until it is the tenant's, a user who dials the number reaches whoever has it; the permission is asked then."""
    yield Step("GotoIf", '$["${PBX_TRUNK}" = ""]?outside', "early", path)
    yield Step("Hangup", UNALLOCATED, source=path)
    # The first step of `permit` is what led here: it looks whether the number is the tenant's own.
    yield Step("Goto", f"{naming.context(scope.slug, 'permit')},${{EXTEN}},2", "outside", path)


def in_turn(sounds: Mapping[str, Recipe], first: str, scope: Scope) -> Sequence[Recipe]:
    """A sound in each language that callers of the tenant hear, the number's own first."""
    if "" in sounds:
        return (sounds[""],)
    spoken_here = {scope.language[:2], first[:2], *(tag[:2] for each in scope.sounds.values() for tag in each)}
    known = sorted(sounds, key=lambda tag: (tag != first, tag[:2] != first[:2], tag))
    return tuple(sounds[tag] for tag in known if tag[:2] in spoken_here) or (sounds[known[0]],)
