"""musiconhold.conf of one tenant: classes that play its own sounds in turn, from the start for each caller."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from provisioner.core.artifacts import Line, TextFile

from .extensions import Clash
from .objects import AsteriskObject, MusicClass
from .playing import played

PATH = "musiconhold.conf"


def write(objects: Iterable[AsteriskObject]) -> TextFile:
    classes: dict[str, MusicClass] = {}
    for each in objects:
        if isinstance(each, MusicClass) and (other := classes.setdefault(each.name, each)) is not each:
            raise Clash(f"music class {each.name}", other.source, each.source)
    return TextFile(PATH, tuple(line for name in sorted(classes) for line in _class(classes[name])))


def _class(music: MusicClass) -> Iterator[Line]:
    yield Line(f"[{music.name}]", music.source)
    yield Line("mode = playlist", music.source)
    for recipe in music.sounds:
        yield Line(f"entry = {played(recipe)}", music.source)
