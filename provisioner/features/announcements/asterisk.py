"""An announcement in Asterisk: one context that plays a prompt and goes on where the file says."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.core.feature import Scope
from provisioner.core.refs import Ref
from provisioner.targets.asterisk import naming
from provisioner.targets.asterisk.objects import Route, Step, Steps
from provisioner.targets.asterisk.playing import heard

from .model import Announcement


def lower(announcements: dict[str, Announcement], scope: Scope) -> Iterator[Route]:
    for name, announcement in announcements.items():
        yield _route(name, announcement, scope)


def _route(name: str, announcement: Announcement, scope: Scope) -> Route:
    ref, path, say = Ref("announcement", name), ("announcements", name), Steps(scope.slug)
    sounds = scope.sounds[announcement.prompt.name]
    context, extension = naming.destination(scope.slug, ref)
    steps = (
        say.enter(ref, path),
        say.answer(path),
        Step("Playback", heard(sounds, scope.language), source=(*path, "prompt")),
        say.goto(announcement.then, (*path, "then")),
    )
    return Route(context, extension, steps, path)
