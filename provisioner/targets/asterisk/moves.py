"""moves.json of one tenant: under which old name what users live with may still lie on the core node, in order.

The node's module carries it over before the daemon reads the new files, and once more afterwards, for what came in
between (`roles/asterisk_common/module_utils/pbx_moves.py`). Asterisk does not read the file.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

from provisioner.core.artifacts import Line, TextFile
from provisioner.core.source import Path

PATH = "moves.json"


@dataclass(frozen=True, slots=True)
class Moved:
    """A thing under two names. `place` is its place among the moves; `lights` are old and new names of
    `core.lights`."""

    place: int
    kind: str
    old: str
    new: str
    lights: tuple[tuple[str, str], ...] = ()
    source: Path | None = None


def write(objects: Iterable[object]) -> TextFile | None:
    """One line for each move, or nothing where there is none."""
    moves = sorted((each for each in objects if isinstance(each, Moved)), key=lambda each: each.place)
    if not moves:
        return None
    lines = [Line('{"moves": [')]
    for count, each in enumerate(moves, start=1):
        facts = {"kind": each.kind, "old": each.old, "new": each.new, "lights": [list(pair) for pair in each.lights]}
        lines.append(Line(json.dumps(facts) + ("," if count < len(moves) else ""), each.source))
    return TextFile(PATH, (*lines, Line("]}")))
