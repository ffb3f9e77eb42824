"""Activities in Asterisk: what callers hear in each and where they go on, and how users set their own by phone.

`<slug>.activity.of` holds the activities, one subroutine each with a user's name, a sound that she chose instead of the
usual words, and `away` where she has a rule of her own though telephones usually ring in it. It answers where the call
goes on, as `targets/asterisk/activities.py` says. Who asks is the users' room.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from provisioner.core.feature import Scope
from provisioner.core.source import Path
from provisioner.targets.asterisk import activities, clock, naming
from provisioner.targets.asterisk.objects import AsteriskObject, Route, Sound, Step, Steps
from provisioner.targets.asterisk.people import Pursuit
from provisioner.targets.asterisk.playing import heard

from . import setting
from .model import Fields, Known, known

SECTION: Path = ("activities",)


def lower(section: Mapping[str, Fields] | None, scope: Scope) -> Iterator[AsteriskObject]:
    if section is None:
        return
    every = known(section)
    for name, activity in every.items():
        path = (*SECTION, name) if name in section else SECTION
        if name != activities.AVAILABLE:
            yield Route(activities.context(scope.slug, "of"), name, tuple(_met(name, activity, scope, path)), path)
            yield from (Sound(recipe, path) for recipe in activity.words(scope).values())
        titles = {tag or scope.language: text for tag, text in activity.title.items()}
        yield Pursuit(name, titles, activity.rings, activity.number, path)
    yield clock.back(
        activities.context(scope.slug), "back", language=scope.language, zone=scope.time_zone, source=SECTION
    )
    yield from clock.sounds(SECTION)
    yield from setting.lower(every, section, scope)


def _met(name: str, activity: Known, scope: Scope, path: Path) -> Iterator[Step]:
    """What a caller meets. Who is away all day is not answered in vain: the words cost the caller as a mailbox does."""
    own = activities.message(scope.slug, "${ARG1}", name)
    usual = heard(activity.words(scope), scope.language) if activity.words(scope) else ""
    said = f'${{IF($["${{recorded}}" != ""]?{own}:${{IF($["${{ARG2}}" != ""]?${{ARG2}}:{usual})}})}}'
    if activity.rings:
        yield Step("ExecIf", f'$["${{ARG3}}" = ""]?Return({activities.RINGS})', source=path)
    yield Steps(scope.slug).answer(path)
    yield Step("Playback", said, source=path)
    if not activity.tells_end:
        yield Step("Set", "until=0", source=(*path, "tells_end"))
    if activity.destination:
        to = ",".join((*naming.destination(scope.slug, activity.destination), "1"))
        yield Step("Return", to, source=(*path, "destination"))
    else:
        yield Step("Return", activities.AWAY, source=path)
