"""Everything that Asterisk must know of one tenant, as one bundle."""

from __future__ import annotations

from collections.abc import Iterable

from provisioner.core.artifacts import Bundle

from . import extensions, musiconhold, queues, sounds, voicemail
from .objects import AsteriskObject

PRODUCT = "asterisk"


def render(slug: str, objects: Iterable[AsteriskObject]) -> Bundle:
    """The tenant's five files. Equal objects in any order give equal bytes; a name said twice is a `Clash`."""
    everything = tuple(objects)
    heard = sounds.collect(everything)
    files = (
        extensions.write(everything),
        queues.write(everything),
        voicemail.write(everything),
        musiconhold.write(everything),
        sounds.write(heard),
    )
    return Bundle(slug, PRODUCT, files, tuple(recipe for recipe, _ in heard.values()))
