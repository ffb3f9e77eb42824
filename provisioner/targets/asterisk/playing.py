"""How a prompt is named to Playback(), Background() and Queue() so that a caller hears the language of the call.

Sounds lie under their digest, without a folder for each language, so the choice is made in the dialplan and can be
read there.
"""

from __future__ import annotations

from collections.abc import Mapping

from provisioner.core.artifacts import Lived, Recipe, recipe_digest
from provisioner.core.languages import best

from . import naming


def heard(sounds: Mapping[str, Recipe], language: str) -> str:
    """The argument that plays a prompt in the language of the call, or in `language` where it has no such sound."""
    argument = played(sound_for_all(sounds, language))
    for other in sorted(sounds, key=lambda tag: (len(tag), tag)):  # en-GB is asked for before en
        chosen = played(sounds[other])
        if other and chosen != argument:
            argument = f'${{IF($["{language_of_call(other)}" = "{other}"]?{chosen}:{argument})}}'
    return argument


def heard_by_all(sounds: Mapping[str, Recipe], language: str) -> str:
    """The argument for places that cannot choose by call, such as queues.conf."""
    return played(sound_for_all(sounds, language))


def played(recipe: Recipe) -> str:
    """The argument that plays one sound, whatever the language of the call."""
    if isinstance(recipe, Lived):
        return naming.recorded(recipe.tenant, recipe.prompt, recipe.language)
    return naming.sound(recipe_digest(recipe))


def sound_for_all(sounds: Mapping[str, Recipe], language: str) -> Recipe:
    """The sound in `language`, or the first where there is none."""
    tag = best(sounds, language)
    return sounds[min(sounds) if tag is None else tag]


def language_of_call(tag: str) -> str:
    """What a language is compared with to tell whether it is the call's: `en` serves a call in `en-GB` too."""
    return "${CHANNEL(language)}" if "-" in tag else "${CHANNEL(language):0:2}"
