"""What waiting callers hear, each in her language: Asterisk's own announcements of a queue, and prompts of the tenant.

A queue names one sound for everybody, and Asterisk looks for it in the folder of the call's language. So a caller waits
in a language made for that, `en_queue_sv`, whose folder holds links: the words around numbers, the numbers, and each
prompt under a name that stands for its texts in all languages.

It begins like English because Asterisk says a number as `digits/20`, `digits/1` there, tens before units; places are
said only in languages that count that way. Where Swedish has two words for one, it takes «en», because only minutes are
counted to one: the first in the queue is told so, and no place beyond `LIMIT` is named.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping

from provisioner.core.artifacts import Recipe, Speech, recipe_digest
from provisioner.core.languages import best

from .objects import Sound
from .playing import sound_for_all

LIMIT = 20
"""Callers further back hear that there are more than so many."""

_TEENS: Mapping[str, str] = {
    "sv": "noll en två tre fyra fem sex sju åtta nio tio elva tolv tretton fjorton femton sexton sjutton arton nitton",
    "en": "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen",
}
_TENS: Mapping[str, str] = {
    "sv": "tjugo trettio fyrtio femtio sextio sjuttio åttio nittio hundra",
    "en": "twenty thirty forty fifty sixty seventy eighty ninety hundred",
}
_PHRASES: Mapping[str, Mapping[str, str]] = {
    "sv": {
        "queue-youarenext": "Du är först i kön.",
        "queue-thereare": "Du har plats nummer",
        "queue-callswaiting": "i kön.",
        "queue-quantity1": "Du har en plats efter nummer",
        "queue-quantity2": "i kön.",
        "queue-holdtime": "Väntetiden är ungefär",
        "queue-minute": "minut.",
        "queue-minutes": "minuter.",
    },
    "en": {
        "queue-youarenext": "You are first in the queue.",
        "queue-thereare": "You are number",
        "queue-callswaiting": "in the queue.",
        "queue-quantity1": "Your place is behind number",
        "queue-quantity2": "in the queue.",
        "queue-holdtime": "The wait is about",
        "queue-minute": "minute.",
        "queue-minutes": "minutes.",
    },
}

LANGUAGES = frozenset(_PHRASES)


FOLDER = "pbx"
"""Below the folder of a language: what is named by us."""


def tongue(language: str) -> str:
    """The language in which places and minutes are said to somebody: her own, or English."""
    return language[:2] if language[:2] in LANGUAGES else "en"


def call_language(language: str) -> str:
    """What the language of a call is set to while it waits."""
    return f"en_queue_{language[:2]}"


def options() -> Iterator[tuple[str, str]]:
    """The queue's options that name the words."""
    for option in _PHRASES["en"]:
        yield option, f"{FOLDER}/{option}"
    yield "queue-thankyou", ""


def sounds(language: str) -> Iterator[Sound]:
    """Everything that is said of places and minutes to whoever speaks that language."""
    short, folder = tongue(language), call_language(language)
    for option, text in _PHRASES[short].items():
        yield Sound(Speech(text, short), alias=f"{folder}/{FOLDER}/{option}")
    names = [*map(str, range(20)), *map(str, range(20, 100, 10)), "hundred"]
    for name, word in zip(names, f"{_TEENS[short]} {_TENS[short]}".split(), strict=True):
        yield Sound(Speech(word, short), alias=f"{folder}/digits/{name}")


def prompt(texts: Mapping[str, Recipe]) -> str:
    """What a queue calls a prompt: one name for what is said in all its languages."""
    content = "\n".join(f"{language}={recipe_digest(texts[language])}" for language in sorted(texts))
    return f"{FOLDER}/{hashlib.sha256(content.encode()).hexdigest()}"


def prompt_sounds(texts: Mapping[str, Recipe], languages: Collection[str], usual: str) -> Iterator[Sound]:
    """The prompt in each language that callers wait in; in the `usual` one where it has no text of its own."""
    for language in languages:
        tag = best(texts, language)
        recipe = sound_for_all(texts, usual) if tag is None else texts[tag]
        yield Sound(recipe, alias=f"{call_language(language)}/{prompt(texts)}")
