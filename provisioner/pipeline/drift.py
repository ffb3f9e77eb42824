"""Drift: what machines hold otherwise than the last apply left it, object by object and field by field. Pure.

Machines answer with differences only (`core.drift`); here they are laid against the texts of the bundles, so that each
has its place in the tenant file, the value that was expected and the one that was found. Values of secrets are shown
nowhere: where one stands in a file, only that the file differs is told.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from provisioner.core.artifacts import Line
from provisioner.core.drift import OTHER_SECRET, SECRET, Applied, Drift, Laid, Seen, SeenFile, SeenPart
from provisioner.core.secrets import handles
from provisioner.core.source import Path

from .fields import Fields, Value, fields
from .laid import TENANTS
from .noticed import noticed

Texts = Callable[[str, str], str]
"""Digest of a bundle and path in it → text, with tokens in place of secrets."""

Sources = Callable[[str, str, str], Sequence[Line]]
"""Tenant, digest of a bundle and path in it → its lines with the nodes that caused them; empty where not known."""

KEYS: Mapping[str, tuple[str, ...]] = {
    "tenants": ("slug",),
    "domains": ("domain",),
    "numbers": ("number",),
    "subscriber": ("username", "domain"),
    "lights": ("dialled",),
}
ROWS = "rows.json"
THERE = "there"


class Comparison:
    """Of what was applied with what machines answered."""

    def __init__(self, applied: Applied, texts: Texts, sources: Sources) -> None:
        self._applied = applied
        self._texts = texts
        self._sources = sources
        self._laid = {(each.host, each.path): each for each in applied.files}

    def of(self, seen: Sequence[Seen]) -> tuple[Drift, ...]:
        """Every difference, sorted by tenant, machine and object."""
        found = [drift for each in seen for drift in self._machine(each)]
        return tuple(sorted(found, key=lambda each: (each.tenant, each.host, each.object, each.field)))

    def _machine(self, seen: Seen) -> Iterator[Drift]:
        for unit, state in seen.services.items():
            yield told(Drift("", seen.host, f"service {unit}", "state", "active", state))
        strays: dict[str, SeenFile] = {}
        for path, file in seen.files.items():
            laid = self._laid.get((seen.host, path))
            if laid:
                yield from map(told, self._file(laid, file))
            elif (slug := _slug(path)) in self._applied.homes and self._applied.homes[slug] == seen.host:
                yield _stray(slug, seen.host, path, file)
            else:
                strays.setdefault(slug, file)
        for slug, file in strays.items():
            yield _stray(slug, seen.host, f"{TENANTS}/{slug}", file)
        for (slug, name), file in seen.telephones.items():
            yield told(_telephone(slug, seen.host, name, file))
        for slug, tables in seen.rows.items():
            yield from map(told, self._rows(seen.host, slug, tables))
        for part in seen.parts:
            yield from map(told, self._part(seen.host, part))

    def _file(self, laid: Laid, file: SeenFile) -> Iterator[Drift]:
        if not file.there:
            yield Drift(laid.tenant, laid.host, laid.path, "", THERE, None)
            return
        text = self._texts(laid.digest, laid.file)
        if file.text is None:
            holds = bool(handles(text))
            expected, found = (SECRET, OTHER_SECRET) if holds else ("as applied", "another text")
            yield Drift(laid.tenant, laid.host, laid.path, "content", expected, found, "", "", file.owner, file.changed)
            return
        lines = self._sources(laid.tenant, laid.digest, laid.file)
        differences = list(differing(fields(laid.file, text), fields(laid.file, file.text)))
        for (thing, field), expected_value, found_value, line in differences or _first_line(text, file.text):
            name = f"{laid.path} {thing}".rstrip()
            place = place_of(lines, line)
            values = _text(expected_value), _text(found_value)
            yield Drift(laid.tenant, laid.host, name, field, *values, place, "", file.owner, file.changed)

    def _rows(self, host: str, slug: str, tables: Mapping[str, Sequence[Mapping[str, str]]]) -> Iterator[Drift]:
        digest = self._applied.rows.get(slug, "")
        wanted = json.loads(self._texts(digest, ROWS))["tables"] if digest else {}
        for table, rows in tables.items():
            expected, found = _by_key(table, wanted.get(table, [])), _by_key(table, rows)
            for key in sorted({*expected, *found}):
                yield from self._row(host, slug, f"{table} {key}", expected.get(key), found.get(key))

    def _row(
        self, host: str, slug: str, name: str, expected: Mapping[str, str] | None, found: Mapping[str, str] | None
    ) -> Iterator[Drift]:
        place = self._place_of_row(slug, expected) if expected else ""
        if expected is None or found is None:
            wanted, there = (None, THERE) if expected is None else (THERE, None)
            yield Drift(slug, host, name, "", wanted, there, place)
            return
        for column in sorted({*expected, *found}):
            if expected.get(column) == found.get(column):
                continue
            if column == "secret":
                yield Drift(slug, host, name, "password", SECRET, OTHER_SECRET, place)
            else:
                yield Drift(slug, host, name, column, expected.get(column), found.get(column), place)

    def _place_of_row(self, slug: str, row: Mapping[str, str]) -> str:
        for line in self._sources(slug, self._applied.rows.get(slug, ""), ROWS):
            if line.source is not None and _read(line.text) == row:
                return dotted(line.source)
        return ""

    def _part(self, host: str, part: SeenPart) -> Iterator[Drift]:
        """What a daemon runs is laid against what was applied, whatever its file says by now."""
        kind, _, name = part.object.partition(" ")
        if kind.startswith(_ELSEWHERE):
            place = _PLACES.get(kind, "").format(name=name)
            yield Drift(part.tenant, host, part.object, part.field, part.expected, part.found, place)
            return
        file = _FILES.get(kind)
        laid = next((each for each in self._applied.files if (each.tenant, each.file) == (part.tenant, file)), None)
        said = fields(laid.file, self._texts(laid.digest, laid.file)) if laid else {}
        if not laid or kind == "mailbox":
            value = said.get((part.tenant, name))
            place = place_of(self._sources(part.tenant, laid.digest, laid.file), value.line) if laid and value else ""
            yield Drift(part.tenant, host, part.object, part.field, part.expected, part.found, place)
            return
        name = part.object if kind == "dialplan" else name
        value = said.get((name, part.field))
        near = value or next((each for (thing, _), each in said.items() if thing == name), None)
        expected = _as_run(part.field, value) if part.field else THERE if near else None
        if not same(expected, part.found):
            place = place_of(self._sources(part.tenant, laid.digest, laid.file), near.line) if near else ""
            yield Drift(part.tenant, host, part.object, part.field, expected, part.found, place)


_FILES = {"dialplan": "extensions.conf", "queue": "queues.conf", "mailbox": "voicemail.conf"}
"""What a daemon holds → the file that says it."""

_ELSEWHERE = ("chat-", "book-", "set-up")
"""What objects begin with of which no file of a bundle says it in words of its own."""

_PLACES = {
    "chat-channel": "chat.channels.{name}",
    "chat-account": "users.{name}",
    "book-user": "users.{name}",
    "book-contact": "contacts.{name}",
}
"""What the chat server and the directory of contact books hold → the node of the tenant file that says it."""

SHOWN = 200
"""Signs of a step beyond which Asterisk may cut it short when it shows it."""


def same(expected: str | None, found: str | None) -> bool:
    """Whether both sides say the same; of a long text a machine shows the beginning alone (`SHOWN` characters)."""
    if expected is None or found is None:
        return expected is found
    return expected == found or (len(found) >= SHOWN and expected.startswith(found))


def _as_run(field: str, value: Value | None) -> str | None:
    """As the daemon tells it."""
    if value is None:
        return None
    if field.startswith("step ") and not value.text.endswith(")"):
        return f"{value.text}()"
    return "unlimited" if (field, value.text) == ("maxlen", "0") else value.text


def told(drift: Drift) -> Drift:
    """With what callers notice of it."""
    return replace(drift, noticed=noticed(drift))


Difference = tuple[tuple[str, str], Value | None, Value | None, int]


def differing(expected: Fields, found: Fields) -> Iterator[Difference]:
    """Object and field, both values, and the line of the expected text that says most of it (-1: none)."""
    line = -1
    for key, value in expected.items():
        line = value.line
        other = found.get(key)
        if other is None or other.text != value.text:
            yield key, value, other, line
    for key, value in found.items():
        if key not in expected:
            near = next((each.line for (thing, _), each in expected.items() if thing == key[0]), -1)
            yield key, None, value, near


def _first_line(expected: str, found: str) -> Iterator[Difference]:
    """Where two texts part that mean the same to us, or whose form we do not know."""
    left, right = expected.splitlines(), found.splitlines()
    at = next(
        (n for n, pair in enumerate(zip(left, right, strict=False)) if pair[0] != pair[1]), min(map(len, (left, right)))
    )
    sides = (Value(lines[at], at) if at < len(lines) else None for lines in (left, right))
    one, other = sides
    yield ("", f"line {at + 1}"), one, other, at


def place_of(lines: Sequence[Line], at: int) -> str:
    """The path in the tenant file that made a line (index from 0); empty where none did."""
    if not 0 <= at < len(lines):
        return ""
    source = lines[at].source
    return dotted(source) if source else ""


def dotted(path: Path) -> str:
    return ".".join(map(str, path))


def _slug(path: str) -> str:
    return path.removeprefix(f"{TENANTS}/").partition("/")[0]


def _stray(slug: str, host: str, path: str, file: SeenFile) -> Drift:
    return Drift(slug, host, path, "", None, THERE, "", "", file.owner, file.changed)


def _telephone(slug: str, host: str, name: str, file: SeenFile) -> Drift:
    thing = f"settings of the telephone {name}" if name != "?" else "settings of a telephone that nobody declared"
    if name == "?":
        return Drift(slug, host, thing, "", None, THERE, "", "", file.owner, file.changed)
    if not file.there:
        return Drift(slug, host, thing, "", THERE, None)
    return Drift(slug, host, thing, "content", SECRET, OTHER_SECRET, "", "", file.owner, file.changed)


def _by_key(table: str, rows: Sequence[Mapping[str, str]]) -> dict[str, Mapping[str, str]]:
    return {"@".join(row[each] for each in KEYS[table]): row for row in rows}


def _read(line: str) -> Any:
    try:
        return json.loads(line.rstrip(","))
    except ValueError:
        return None


def _text(value: Value | None) -> str | None:
    return value.text if value else None
