"""speech.json of one tenant: what callers may say to each of its attendants, in each language.

Read by the core node's recogniser (role `speech`), never by Asterisk. A text belongs to an id, which is what the
recogniser answers with and an extension of the attendant's dialplan.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from provisioner.core.artifacts import Line, TextFile

from .extensions import Clash
from .objects import AsteriskObject, Vocabulary

PATH = "speech.json"


def write(objects: Iterable[AsteriskObject]) -> TextFile | None:
    """The tenant's vocabularies by name, or nothing where it has none."""
    found: dict[str, Vocabulary] = {}
    for each in objects:
        if isinstance(each, Vocabulary) and (other := found.setdefault(each.name, each)) is not each:
            raise Clash(f"vocabulary {each.name}", other.source, each.source)
    if not found:
        return None
    lines = [Line("{")]
    for count, name in enumerate(sorted(found), start=1):
        # A brace written as an escape says the same in JSON and cannot pass for a secret's token.
        text = json.dumps(found[name].texts, ensure_ascii=False, sort_keys=True).replace("{{", "\\u007b\\u007b")
        lines.append(Line(f'  "{name}": {text}{"," if count < len(found) else ""}', found[name].source))
    lines.append(Line("}"))
    return TextFile(PATH, tuple(lines))
