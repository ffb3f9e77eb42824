"""Everything that Asterisk must know of one tenant, as one bundle."""

from __future__ import annotations

from collections.abc import Iterable

from provisioner.core.artifacts import Bundle

from . import (
    calendars,
    cards,
    extensions,
    figures,
    moves,
    musiconhold,
    notices,
    people,
    queues,
    recordings,
    sounds,
    speech,
    voicemail,
    waiting,
)
from .objects import AsteriskObject

PRODUCT = "asterisk"

RELOADS = {
    "musiconhold.conf": "moh reload",
    "queues.conf": "queue reload all",
    "extensions.conf": "dialplan reload",
}
"""What makes the daemon read a file again, in the order in which the role does it; the other files need nothing."""


def render(slug: str, objects: Iterable[AsteriskObject]) -> Bundle:
    """The tenant's five files, its notices where it has any, its figures where it has queues or groups,
    whose lamps show which mailboxes, what callers may say where it has voice attendants, its people where they have
    activities, their calendars where it names any, its contact book as cards where it has one, whose key seals its
    recorded calls where it records any, and what has another name now.

    Equal objects in any order give equal bytes; a name said twice is a `Clash`.
    """
    everything = tuple(objects)
    heard = sounds.collect(everything)
    told, watched = notices.write(everything), figures.write(everything)
    understood, lamps = speech.write(everything), waiting.write(slug, everything)
    carried = moves.write(everything)
    known, diaries, kept = people.write(everything), calendars.write(everything), recordings.write(everything)
    book = cards.write(slug, everything)
    files = (
        extensions.write(everything),
        queues.write(everything),
        voicemail.write(everything),
        musiconhold.write(everything),
        sounds.write(
            heard,
            also=sounds.aliases(everything),
            also_recorded=sounds.recorded_aliases(everything),
            seeds=sounds.seeds(everything),
        ),
        *([told] if told else []),
        *([watched] if watched else []),
        *([understood] if understood else []),
        *([lamps] if lamps else []),
        *([known] if known else []),
        *([diaries] if diaries else []),
        *([book] if book else []),
        *([kept] if kept else []),
        *([carried] if carried else []),
    )
    return Bundle(slug, PRODUCT, files, tuple(recipe for recipe, _ in heard.values()))
