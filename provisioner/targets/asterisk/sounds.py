"""sounds.json of one tenant: which sounds its other files play, and the recipe of each.

The node reads only the digests (which files it must have, which it may forget); the recipe is for people.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict

from provisioner.core.artifacts import Line, Recipe, TextFile, recipe_digest
from provisioner.core.source import Path

from .objects import AsteriskObject, MusicClass, Sound

PATH = "sounds.json"


def collect(objects: Iterable[AsteriskObject]) -> dict[str, tuple[Recipe, Path | None]]:
    """digest → recipe and the first node that asked for it, in order of the digests."""
    found: dict[str, tuple[Recipe, Path | None]] = {}
    for each in objects:
        if isinstance(each, Sound):
            found.setdefault(recipe_digest(each.recipe), (each.recipe, each.source))
        elif isinstance(each, MusicClass):
            for recipe in each.sounds:
                found.setdefault(recipe_digest(recipe), (recipe, each.source))
    return dict(sorted(found.items()))


def write(sounds: dict[str, tuple[Recipe, Path | None]]) -> TextFile:
    if not sounds:
        return TextFile(PATH, (Line("{}"),))
    last = len(sounds)
    lines = [Line("{")]
    for count, (digest, (recipe, source)) in enumerate(sounds.items(), start=1):
        facts = {"kind": type(recipe).__name__.lower(), **asdict(recipe)}
        facts.pop("file", None)  # where an upload lies in the folder changes nothing on a node
        # A brace written as an escape says the same in JSON and cannot pass for a secret's token.
        text = json.dumps(facts, ensure_ascii=False, sort_keys=True).replace("{{", "\\u007b\\u007b")
        lines.append(Line(f'  "{digest}": {text}{"," if count < last else ""}', source))
    lines.append(Line("}"))
    return TextFile(PATH, tuple(lines))
