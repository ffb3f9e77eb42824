"""figures.json of one tenant: the queues and groups whose live figures the core node can tell, and their members.

`pbx-figures` on the node reads it beside Asterisk's own view and the queue log; Asterisk does not.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from provisioner.core.artifacts import Line, TextFile
from provisioner.core.secrets import defuse

from .objects import AsteriskObject, Watched

PATH = "figures.json"


def write(objects: Iterable[AsteriskObject]) -> TextFile | None:
    """One line for each queue and group, or nothing where there is none."""
    watched = sorted((each for each in objects if isinstance(each, Watched)), key=lambda each: (each.kind, each.name))
    if not watched:
        return None
    lines = [Line("[")]
    for count, each in enumerate(watched, start=1):
        facts = {
            "kind": each.kind,
            "name": each.name,
            "title": each.title,
            "members": dict(each.members),
            "time_zone": each.time_zone,
            "service_level": each.service_level,
            "wrap_up": each.wrap_up,
        }
        text = defuse(json.dumps(facts, ensure_ascii=False))
        lines.append(Line(f"  {text}{',' if count < len(watched) else ''}", each.source))
    lines.append(Line("]"))
    return TextFile(PATH, tuple(lines))
