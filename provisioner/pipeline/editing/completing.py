"""Completion: what may be written at a position, from the schema and from the tenant's own names.

The text up to the position is read as far as it goes, with a mark where the word is being written; so it does not
matter that the file cannot be read as a whole yet.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path as FilePath

from provisioner.core.refs import DESTINATION, Ref
from provisioner.core.source import Position
from provisioner.pipeline import yaml_reader
from provisioner.pipeline.yaml_reader import Place

from . import grammar
from .project import Project, View

MARK = "\ue000"
WORD = re.compile(r"[^\s\[\]{},\"'#]*$")


class Kind(Enum):
    KEY = "key"
    WORD = "word"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class Proposal:
    """Something that may be written instead of the word at the position."""

    kind: Kind
    label: str
    insert: str
    detail: str = ""
    documentation: str = ""


@dataclass(frozen=True, slots=True)
class Completion:
    """What may be written, and where the word begins that it takes the place of (column from 1)."""

    begin: Position
    proposals: tuple[Proposal, ...]
    narrowed: bool = False
    """Whether there are others for another beginning of the word: those of a kind once the kind is written."""


def complete(project: Project, file: FilePath, position: Position) -> Completion:
    """The proposals for a position of a file; those that do not begin with the word are left to the editor."""
    slug = project.slug(file)
    text = project.unsaved.get(file, "")
    lines = re.split(r"\r\n|\r|\n", text)[: position.line]
    if slug is None or len(lines) < position.line:
        return Completion(position, ())
    last, after = lines[-1][: position.column - 1], lines[-1][position.column - 1 :]
    found = WORD.search(last)
    word = found[0] if found else ""
    begin = Position(position.line, position.column - len(word))
    head = "\n".join([*lines[:-1], last[: len(last) - len(word)]])
    view = project.view(slug)
    proposals: list[Proposal] = []
    for place in _places(head, quote=head[-1:] if head[-1:] in ("'", '"') else ""):
        nodes = grammar.at(view.kind, place.path)
        if place.is_key:
            proposals += _keys(grammar.keys(view.kind, nodes), place, after)
        else:
            proposals += (Proposal(Kind.WORD, each, each) for each in grammar.values(nodes))
            proposals += _names(view, grammar.refers(nodes), word.partition(":")[0] if ":" in word else "")
    return Completion(begin, tuple(proposals), narrowed=":" in word)


def _places(head: str, quote: str) -> Iterator[Place]:
    """What the word can be: a key, a value, or either."""
    for form, is_key in ((f"{MARK}{quote}: x", True), (f"{MARK}{quote}", False)):
        place = yaml_reader.place(head + form, MARK)
        if place and place.is_key is is_key:
            yield place


def _keys(keys: list[grammar.Key], place: Place, after: str) -> Iterator[Proposal]:
    """Keys that are not there yet, with their colon unless it is."""
    there = re.match(r"[^\s:]*:", after)
    for key in keys:
        if key.name not in place.beside:
            insert = key.name if there else f"{key.name}:" if key.nested else f"{key.name}: "
            yield Proposal(Kind.KEY, key.name, insert, "required" if key.required else "", key.description)


def _names(view: View, kinds: frozenset[str], written: str) -> Iterator[Proposal]:
    """The names that may stand there; those of one kind where it is written already."""
    for kind in sorted(kinds):
        if kind == DESTINATION:
            for ref in view.destinations(written):
                yield Proposal(Kind.NAME, str(ref), str(ref), view.title(ref))
        else:
            for name in sorted(view.names(kind)):
                yield Proposal(Kind.NAME, name, name, view.title(Ref(kind, name)) or kind)
