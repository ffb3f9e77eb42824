"""Which languages the usual synthesiser, espeak-ng, can speak: ISO 639-1, from its version 1.51 on.

It has voices for some countries too (`en-gb`) and takes the language's own where it has none for a country. Languages
that have no code of two letters cannot be written in a tenant file and are not listed.
"""

from __future__ import annotations

_CODES = (
    "af am an ar as az ba be bg bn bs ca cs cv cy da de el en eo es et eu fa fi fr ga gd gn gu he hi hr "
    "ht hu hy ia id io is it ja ka kk kl kn ko ku ky la lb lt lv mi mk ml mr ms mt my nb ne nl no om or "
    "pa pl pt qu ro ru sd si sk sl sq sr sv sw ta te th tk tn tr tt ug uk ur uz vi zh"
)

SPOKEN = frozenset(_CODES.split())


CONFIGURATION = ".json"
"""What the name of a voice's second file ends with, behind the whole name of the first."""


def has_voice(language: str) -> bool:
    """Whether a text in the language, `sv` or `en-GB`, can be spoken."""
    return language[:2] in SPOKEN
