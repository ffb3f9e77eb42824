"""sounds.json of one tenant: which sounds its other files play, and the recipe of each.

The node reads the digests (which files it must have, which it may forget) and the names under which Asterisk looks for
a sound by itself (`also`), and where it is heard until somebody records another one (`seeds`, and `also_recorded` for
names under which that is found); the recipe is for people.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from functools import lru_cache

from provisioner.core.artifacts import Line, Lived, Makeable, TextFile, recipe_digest, seed
from provisioner.core.source import Path

from . import naming
from .objects import AsteriskObject, MusicClass, Sound

PATH = "sounds.json"


def collect(objects: Iterable[AsteriskObject]) -> dict[str, tuple[Makeable, Path | None]]:
    """digest → recipe and the first node that asked for it, in order of the digests."""
    found: dict[str, tuple[Makeable, Path | None]] = {}
    for each in objects:
        if isinstance(each, Sound):
            found.setdefault(recipe_digest(seed(each.recipe)), (seed(each.recipe), each.source))
        elif isinstance(each, MusicClass):
            for recipe in map(seed, each.sounds):
                found.setdefault(recipe_digest(recipe), (recipe, each.source))
    return dict(sorted(found.items()))


def aliases(objects: Iterable[AsteriskObject]) -> dict[str, list[str]]:
    """digest → the other names under which a sound must be found, sorted."""
    found: dict[str, set[str]] = {}
    for each in objects:
        if isinstance(each, Sound) and each.alias and not isinstance(each.recipe, Lived):
            found.setdefault(recipe_digest(each.recipe), set()).add(each.alias)
    return {digest: sorted(names) for digest, names in found.items()}


def recorded_aliases(objects: Iterable[AsteriskObject]) -> dict[str, list[str]]:
    """digest of the seed → a name and the prompt found under it, as recorded last: `en_queue_sv/… welcome/sv`."""
    found: dict[str, set[str]] = {}
    for each in objects:
        if isinstance(each, Sound) and each.alias and isinstance(lived := each.recipe, Lived):
            name = naming.of_prompt(lived.prompt, lived.language)
            found.setdefault(recipe_digest(lived.seed), set()).add(f"{each.alias} {name}")
    return {digest: sorted(names) for digest, names in found.items()}


def seeds(objects: Iterable[AsteriskObject]) -> dict[str, list[str]]:
    """digest → what it stands for until somebody records by phone, `welcome/sv`, sorted."""
    found: dict[str, set[str]] = {}
    for each in objects:
        if isinstance(each, Sound) and isinstance(lived := each.recipe, Lived):
            name = naming.of_prompt(lived.prompt, lived.language)
            found.setdefault(recipe_digest(lived.seed), set()).add(name)
    return {digest: sorted(names) for digest, names in found.items()}


def write(sounds: dict[str, tuple[Makeable, Path | None]], **more: Mapping[str, list[str]]) -> TextFile:
    """`more` are further facts of some sounds, each digest → names."""
    if not sounds:
        return TextFile(PATH, (Line("{}"),))
    last = len(sounds)
    lines = [Line("{")]
    for count, (digest, (recipe, source)) in enumerate(sounds.items(), start=1):
        of_its_own = tuple((fact, tuple(names[digest])) for fact, names in more.items() if digest in names)
        lines.append(Line(f'  "{digest}": {_text(recipe, of_its_own)}{"," if count < last else ""}', source))
    lines.append(Line("}"))
    return TextFile(PATH, tuple(lines))


@lru_cache(4096)  # the platform's own sentences are in every tenant's list
def _text(recipe: Makeable, more: tuple[tuple[str, tuple[str, ...]], ...]) -> str:
    facts = {"kind": type(recipe).__name__.lower(), **asdict(recipe), **dict(more)}
    facts.pop("file", None)  # where an upload lies in the folder changes nothing on a node
    # A brace written as an escape says the same in JSON and cannot pass for a secret's token.
    return json.dumps(facts, ensure_ascii=False, sort_keys=True).replace("{{", "\\u007b\\u007b")
