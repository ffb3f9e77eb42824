"""JSON of which each line leads back to the tenant file: one object a line."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from .artifacts import Line
from .source import Path


def listed(key: str, entries: Iterable[tuple[Mapping[str, Any], Path | None]], *, last: bool = False) -> Iterator[Line]:
    """The lines of an object's `key` with a list of objects, `last` or with more behind it."""
    yield Line(f'"{key}": [')
    known = list(entries)
    for index, (entry, source) in enumerate(known):
        comma = "," if index + 1 < len(known) else ""
        yield Line(json.dumps(entry, ensure_ascii=False) + comma, source)
    yield Line("]" if last else "],")
