"""Reads one YAML 1.2 text as plain data, with the place of every node on request.

Built on PyYAML's C event stream, because it is the fastest way that still knows every place. Scalars stay text
("telephone-safe"): `0100`, `+46…`, `NO` and `17:30` arrive as typed, and the model decides what they mean. Anchors,
tags and second documents are refused; so are files that could exhaust the machine. Not for writing: `moving` and
`adopting` change single tokens of a text by the places that are told here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import yaml
from yaml._yaml import CParser
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
    StreamStartEvent,
)

from provisioner.core.findings import Finding, Located, Rule
from provisioner.core.source import Path, Position, SourceMap, Span, shown

MAX_BYTES = 8 * 1024 * 1024
"""A tenant of 5,000 users takes about 2.5 MB."""
MAX_DEPTH = 40

Y001 = Rule(
    code="Y001",
    title="Not readable as YAML",
    why="Nothing of the file can be trusted once its structure is broken.",
    remedy="Mend the place that is named; a colon without a space or a lost quote is the usual cause.",
    bad='name: "Klinik',
    good='name: "Klinik"',
    source="YAML 1.2.2",
)
Y002 = Rule(
    code="Y002",
    title="Key written twice",
    why="Readers differ in which of the two they take, so a caller might be sent to either.",
    remedy="Keep one of them.",
    bad="users:\n  anna: {extension: 101}\n  anna: {extension: 102}",
    good="users:\n  anna: {extension: 101}\n  anna-b: {extension: 102}",
    source="YAML 1.2.2, 3.2.1.1",
)
Y003 = Rule(
    code="Y003",
    title="Anchor, alias or tag",
    why="They hide what a line means from the person who reads a change, and nested aliases can exhaust a machine.",
    remedy="Write the value out. Values that many users share belong in the plan catalogue.",
    bad="hours: &office 08:00-17:00",
    good="hours: 08:00-17:00",
)
Y004 = Rule(
    code="Y004",
    title="File that is no tenant file",
    why="An empty, binary, very large or very deep file is a mistake in the folder.",
    remedy="Remove the file or put the right one in its place.",
    bad="(an empty file)",
    good="version: 1\nname: …",
)
RULES = (Y001, Y002, Y003, Y004)


@dataclass(slots=True)
class Reading:
    """What a text held: data of dicts, lists, strings and None; findings already located."""

    data: Any
    findings: list[Located] = field(default_factory=list)


def read(text: str, file: str, positions: SourceMap | None = None) -> Reading:
    """Reads `text`; fills `positions` when given, which costs about as much again as the reading itself."""
    if not text.strip():
        return Reading(None, [_empty(file)])
    builder = _Builder(text, file, positions)
    try:
        data = builder.document()
        if data is _NOTHING:
            return Reading(None, [_empty(file)])
    except yaml.YAMLError as error:
        builder.findings.append(_syntax(error, file, text))
        data = None
    return Reading(data, builder.findings)


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the document a text stands, while the rest is still to be written."""

    path: Path
    """The path of the value, or of the mapping where the text is a key of it."""
    is_key: bool
    beside: frozenset[str] = frozenset()
    """The keys before it in the same mapping."""


def place(text: str, mark: str) -> Place | None:
    """Where the plain text `mark` stands; what comes behind it is not read and may be broken or missing."""
    finder = _Finder(text, mark)
    try:
        finder.document()
    except _Found as found:
        return found.place
    except yaml.YAMLError:
        return None
    return None


def decode(content: bytes, file: str) -> str | Located:
    """The text of a file, or the finding that says why it has none."""
    if len(content) > MAX_BYTES:
        return too_large(file, len(content))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return _whole(
            file, Y004, f"byte {error.start} is not UTF-8: the file is binary or in another encoding", "UTF-8"
        )
    if "\0" in text:
        return _whole(file, Y004, "the file holds NUL bytes: it is binary", "a text file")
    return text


def too_large(file: str, size: int) -> Located:
    return _whole(file, Y004, f"the file has {size:,} bytes", f"at most {MAX_BYTES:,} bytes; split the tenant")


def no_file(file: str, found: str) -> Located:
    return _whole(file, Y004, f"this is {found}", "a file that begins with `version: 1`")


def no_mapping(file: str, data: object) -> Located:
    return _whole(file, Y004, f"the file holds {shown(data)}", "a mapping that begins with `version: 1`")


_NOTHING = object()

_NULLS = ("", "~")
"""What stands for no value where it is not in quotes."""


def _empty(file: str) -> Located:
    return _whole(file, Y004, "the file is empty", "a mapping that begins with `version: 1`")


def _whole(file: str, rule: Rule, message: str, expected: str) -> Located:
    return Located(rule.at((), message, expected=expected), Span(file, Position(1, 1), Position(1, 2)))


def _syntax(error: yaml.YAMLError, file: str, text: str) -> Located:
    mark = getattr(error, "problem_mark", None)
    lines = text.splitlines()
    problem = getattr(error, "problem", None) or str(error)
    if "end of stream" in problem and (begun := getattr(error, "context_mark", None)):
        mark = begun  # where the quote or bracket was opened that nothing closes
    line, column = (mark.line, mark.column) if mark else (0, 0)
    if context := getattr(error, "context", None):
        problem = f"{problem} ({context})"
    start = Position(line + 1, column + 1)
    span = Span(file, start, Position(start.line, start.column + 1))
    finding = (
        Y004.at((), problem, expected=_SHALLOW) if isinstance(error, _TooDeep) else Y001.at((), problem, expected=_FORM)
    )
    return Located(finding, span, lines[line] if line < len(lines) else "")


_FORM = "`key: value`, `- item`, and as many quotes and brackets closed as opened"
_SHALLOW = f"at most {MAX_DEPTH} levels; no section of a tenant file needs ten"


class _TooDeep(yaml.YAMLError):
    def __init__(self, event: Any) -> None:
        super().__init__(f"nested deeper than {MAX_DEPTH} levels")
        self.problem_mark = event.start_mark


class _Builder:
    """Turns the event stream into data; one pass, no look-back."""

    def __init__(self, text: str, file: str, positions: SourceMap | None) -> None:
        self.next: Callable[[], Any] = CParser(text).get_event
        self.text, self.file, self.positions = text, file, positions
        self.findings: list[Located] = []
        self.path: list[str | int] = []
        """Where the node stands that is being read."""

    def document(self) -> Any:
        event = self.next()
        while isinstance(event, StreamStartEvent | DocumentStartEvent):
            event = self.next()
        if isinstance(event, StreamEndEvent):
            return _NOTHING
        data = self.node(event)
        self.next()  # the document's end
        event = self.next()
        if not isinstance(event, StreamEndEvent):
            self.report(Y003, event, "a second document begins here", "one document in a file")
        return data

    def node(self, event: Any) -> Any:
        kind = type(event)
        value: Any
        if kind is ScalarEvent:
            value = self.scalar(event)
        elif kind is MappingStartEvent:
            value = self.mapping(event)
        elif kind is SequenceStartEvent:
            value = self.sequence(event)
        else:
            self.report(
                Y003,
                event,
                f"alias *{event.anchor}",
                f'the value itself; a text that begins with a star stands in quotes, "*{event.anchor}"',
            )
            return None
        if event.anchor or event.tag:
            shown = f"anchor &{event.anchor}" if event.anchor else f"tag {event.tag}"
            self.report(Y003, event, shown, "the plain value")
        return value

    def scalar(self, event: Any) -> str | None:
        if self.positions is not None:
            self.positions.values[tuple(self.path)] = self.span(event)
        value: str = event.value
        return None if value in _NULLS and event.implicit[0] else value

    def sequence(self, event: Any) -> list[Any]:
        items: list[Any] = []
        self.enter(event)
        while type(child := self.next()) is not SequenceEndEvent:
            self.path[-1] = len(items)
            items.append(self.node(child))
        self.leave(event)
        return items

    def mapping(self, event: Any) -> dict[str, Any]:
        entries: dict[str, Any] = {}
        self.enter(event)
        while type(key_event := self.next()) is not MappingEndEvent:
            key = self.path[-1] = self.key(key_event)
            if key in entries:
                self.report(Y002, key_event, f"key {key!r} stands here a second time", "each key once")
                self.path[-1] = f"{key} (again)"
                self.node(self.next())
                continue
            if self.positions is not None:
                self.positions.keys[tuple(self.path)] = self.span(key_event)
            value = self.next()
            if type(value) is ScalarEvent and not value.anchor and not value.tag:  # most nodes: spares a call
                entries[key] = self.scalar(value)
            else:
                entries[key] = self.node(value)
        self.leave(event)
        return entries

    def enter(self, event: Any) -> None:
        if len(self.path) >= MAX_DEPTH:
            raise _TooDeep(event)
        self.path.append("")

    def leave(self, event: Any) -> None:
        self.path.pop()
        if self.positions is not None:
            self.positions.values[tuple(self.path)] = self.span(event)

    def key(self, event: Any) -> str:
        if type(event) is ScalarEvent:
            key: str = event.value
            if event.anchor or event.tag:
                self.path[-1] = key
                self.report(Y003, event, "anchor or tag on a key", "the plain key")
            return key
        key = self.path[-1] = f"(key {event.start_mark.line + 1})"
        self.report(Y001, event, "a key that is no plain text", "a name")
        if not isinstance(event, AliasEvent):
            self.node(event)
        return key

    def span(self, event: Any) -> Span:
        start, end = event.start_mark, event.end_mark
        return Span(
            self.file, Position(start.line + 1, start.column + 1), Position(end.line + 1, max(end.column, 1) + 1)
        )

    def report(self, rule: Rule, event: Any, message: str, expected: str) -> None:
        line = event.start_mark.line
        lines = self.text.splitlines()
        finding: Finding = rule.at(tuple(self.path), message, expected=expected)
        self.findings.append(Located(finding, self.span(event), lines[line] if line < len(lines) else ""))


class _Found(Exception):
    def __init__(self, place: Place) -> None:
        self.place = place


class _Finder(_Builder):
    """Reads up to a mark and tells where it stands."""

    def __init__(self, text: str, mark: str) -> None:
        super().__init__(text, "", None)
        self.mark = mark
        self.open: list[set[str]] = []
        """The keys so far of each mapping and list that is open."""

    def enter(self, event: Any) -> None:
        super().enter(event)
        self.open.append(set())

    def leave(self, event: Any) -> None:
        super().leave(event)
        self.open.pop()

    def key(self, event: Any) -> str:
        key = super().key(event)
        if key == self.mark:
            raise _Found(Place(tuple(self.path[:-1]), True, frozenset(self.open[-1])))
        self.open[-1].add(key)
        return key

    def scalar(self, event: Any) -> str | None:
        if event.value == self.mark:
            raise _Found(Place(tuple(self.path), False))
        return super().scalar(event)

    def report(self, rule: Rule, event: Any, message: str, expected: str) -> None:
        """Nothing: another run says what is wrong."""
