"""Fields: what a rendered file says, as objects with fields and values, so that two texts can be compared by meaning.

Pure, and for the forms that our own writers make: Asterisk's sections, its dialplan, JSON. Other texts have none.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

MARKS = "[pbx.bundles]"
"""What a core node adds at the end of a tenant's dialplan."""


@dataclass(frozen=True, slots=True)
class Value:
    text: str
    line: int
    """Of the file, from 0; of a whole JSON document 0."""


Fields = Mapping[tuple[str, str], Value]
"""Object and field → value."""


def fields(path: str, text: str) -> Fields:
    """What a file says; empty where its form is not known, or where it is broken."""
    name = path.rpartition("/")[2]
    if name == "extensions.conf":
        return dict(_dialplan(text))
    if name.endswith(".conf") and text.startswith("["):
        return dict(_sections(text))
    if name.endswith(".json"):
        try:
            return {place: Value(value, 0) for place, value in _flat(json.loads(text), ())}
        except ValueError:
            return {}
    return {}


def _dialplan(text: str) -> Iterator[tuple[tuple[str, str], Value]]:
    """Each step by its context, extension and number: labels move with it."""
    context = name = ""
    at = 0
    for number, line in enumerate(text.splitlines()):
        key, arrow, rest = line.replace("\\;", ";").partition(" => ")
        if line == MARKS:
            return
        if line.startswith("["):
            context = line[1:].partition("]")[0]
        elif key == "include":
            yield (f"dialplan {context}", f"include {rest}"), Value("", number)
        elif arrow and key in ("exten", "same"):
            if key == "exten":
                name, _, rest = rest.partition(",")
            priority, _, what = rest.partition(",")
            plain = priority.partition("(")[0]
            if plain.isdigit() or plain == "n":
                at = at + 1 if plain == "n" else int(plain)
                plain = f"step {at}"
            # Asterisk reads over hyphens in extensions, and shows none.
            yield (f"dialplan {context} {name.replace('-', '')}", plain), Value(what, number)


def _sections(text: str) -> Iterator[tuple[tuple[str, str], Value]]:
    """Each setting by its section and name; one that is said again by its number too."""
    section = ""
    times: dict[tuple[str, str], int] = {}
    for number, line in enumerate(text.splitlines()):
        if line.startswith("["):
            section = line[1:].partition("]")[0]
            continue
        key, equals, value = line.partition("=")
        if equals and not line.startswith((";", "#")):
            place = section, key.strip()
            times[place] = times.get(place, 0) + 1
            if times[place] > 1:
                place = section, f"{place[1]} ({times[place]})"
            yield place, Value(value.removeprefix(">").strip(), number)


def _flat(value: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, str], str]]:
    children: Iterator[tuple[str, Any]] | None = None
    if isinstance(value, Mapping) and value:
        children = ((str(key), each) for key, each in value.items())
    elif isinstance(value, list) and value:
        children = ((str(index), each) for index, each in enumerate(value))
    if children is None:
        yield (".".join(path[:-1]), path[-1] if path else ""), json.dumps(value, ensure_ascii=False)
        return
    for key, each in children:
        yield from _flat(each, (*path, key))
