"""How a prompt is named to Playback(), Background() and Queue() so that a caller hears the language of the call.

Sounds lie under their digest, without a folder for each language, so the choice is made in the dialplan and can be
read there.
"""

from __future__ import annotations

from collections.abc import Mapping

from provisioner.core.artifacts import Recipe, recipe_digest
from provisioner.core.languages import best

from . import naming


def heard(sounds: Mapping[str, Recipe], language: str) -> str:
    """The argument that plays a prompt in the language of the call, or in `language` where it has no such sound."""
    argument = _file(sound_for_all(sounds, language))
    for other in sorted(sounds, key=lambda tag: (len(tag), tag)):  # en-GB is asked for before en
        chosen = _file(sounds[other])
        if other and chosen != argument:
            argument = f'${{IF($["{_spoken(other)}" = "{other}"]?{chosen}:{argument})}}'
    return argument


def heard_by_all(sounds: Mapping[str, Recipe], language: str) -> str:
    """The argument for places that cannot choose by call, such as queues.conf."""
    return _file(sound_for_all(sounds, language))


def sound_for_all(sounds: Mapping[str, Recipe], language: str) -> Recipe:
    """The sound in `language`, or the first where there is none."""
    tag = best(sounds, language)
    return sounds[min(sounds) if tag is None else tag]


def _file(recipe: Recipe) -> str:
    return naming.sound(recipe_digest(recipe))


def _spoken(language: str) -> str:
    """What is compared: a prompt in `en` serves a call in `en-GB` too."""
    return "${CHANNEL(language)}" if "-" in language else "${CHANNEL(language):0:2}"
