"""Moving: a thing of a tenant gets another name in the files, with all that refers to it and a note of the move.

Only the tokens that are meant change; every other byte stays, comments too. What comes out is read again: it must be
what the old files say under the new name, and be as free of errors as they were, or nothing is written.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from provisioner.core.errors import PbxError, SpecificationInvalid, UsageError
from provisioner.core.findings import Severity, nearest
from provisioner.core.refs import NAME_PATTERN, Ref, walk
from provisioner.core.source import Path as Node
from provisioner.core.source import SourceMap, Span
from provisioner.features.moved.model import KINDS
from provisioner.features.users.model import User
from provisioner.tenant import Tenant

from . import load, renames, whole, yaml_reader
from .adopting import put
from .load import Document, Folder
from .moved import SECTIONS
from .renames import Renamed
from .validate import validate

FEW = 5
"""Errors that a message names."""


@dataclass(frozen=True, slots=True)
class Moving:
    """A tenant's files with a thing under another name."""

    slug: str
    old: Ref
    new: Ref
    before: Mapping[str, str]
    """Path below the folder → text."""
    after: Mapping[str, str]
    noted: bool
    """Whether the move stands in the file, because users live with something under that name."""
    names: Mapping[str, str] = field(default_factory=dict)
    """Path of a file that gets another name → that."""

    @property
    def patch(self) -> str:
        return "".join(
            line
            for name, text in self.before.items()
            for there in (self.names.get(name, name),)
            for line in difflib.unified_diff(
                text.splitlines(keepends=True), self.after[there].splitlines(keepends=True), f"a/{name}", f"b/{there}"
            )
        )


def move(root: Path, slug: str, old: Ref, new: Ref) -> Moving:
    """Writes nothing. Raises UsageError where the one is not there or the other cannot be, SpecificationInvalid where
    the files have errors as they are."""
    document, tenant = _read(root, slug)
    _fits(document, tenant, old, new)
    before = {document.show(each): each.read_bytes().decode() for each in document.files}
    after = _renamed(before, document, tenant, old, new)
    if old.kind == "user" and (kept := _account(tenant, old)):
        after = _with_account(after, new, kept)
    carried = old.kind in KINDS
    if carried:
        after = noted(after, document.source.keys[SECTIONS[old.kind].section, old.name].file, old, new)
    _prove(root, slug, document, tenant, after, Renamed(SECTIONS[old.kind].section, old.kind, old.name, new.name))
    return Moving(slug, old, new, before, after, carried)


def write(root: Path, moving: Moving) -> None:
    """Writes each file that says something else now, whole or not at all. Raises OSError."""
    for name, text in moving.after.items():
        if text != moving.before.get(name):
            whole.put(root / name, text)
    for name in moving.names:
        (root / name).unlink()
        if (folder := (root / name).parent).name == moving.old.name and not any(folder.iterdir()):
            folder.rmdir()


def _read(root: Path, slug: str) -> tuple[Document, Tenant]:
    specification = validate(load.load(root, frozenset([slug])))
    if not specification.valid:
        raise SpecificationInvalid(specification.findings)
    (document,) = specification.folder.tenants
    return document, specification.tenants[slug]


def _fits(document: Document, tenant: Tenant, old: Ref, new: Ref) -> None:
    if old.kind not in SECTIONS:
        near = nearest(old.kind, SECTIONS)
        raise UsageError(
            f"nothing of the kind {old.kind} has a name" + (f"; did you mean {near}?" if near else ""),
            f"one of {', '.join(sorted(SECTIONS))}",
        )
    if new.kind != old.kind:
        raise UsageError(f"{new} is no {old.kind}", f"name a {old.kind}: {old.kind}:{new.name}")
    names = document.data.get(SECTIONS[old.kind].section) or {}
    if old.name not in names:
        if old.kind == "voicemail" and old.name in tenant.users:
            raise UsageError(f"the mailbox {old.name} is a user's own", f"rename her: user:{old.name}")
        near = nearest(old.name, names)
        raise UsageError(
            f"{document.slug} has no {old}" + (f"; did you mean {old.kind}:{near}?" if near else ""),
            f"it has: {', '.join(names) or 'none'}",
        )
    if not re.fullmatch(NAME_PATTERN, new.name):
        raise UsageError(
            f"{new.name!r} cannot be a name", "a small letter, then at most 39 small letters, digits and hyphens"
        )
    taken = new.name in names
    if old.kind in ("user", "voicemail"):
        taken = taken or new.name in tenant.users or new.name in tenant.voicemail
    if taken:
        raise UsageError(f"{document.slug} has {new} already", "take another name, or rename that one first")


def _renamed(texts: Mapping[str, str], document: Document, tenant: Tenant, old: Ref, new: Ref) -> dict[str, str]:
    """The files with the key of the thing, and all that means it, under the new name."""
    source, section = document.source, SECTIONS[old.kind]
    meant = {Ref(kind, old.name): Ref(kind, new.name) for kind in (section.kind, *section.defines_too)}
    spans: dict[Span, str] = {source.keys[section.section, old.name]: new.name}
    for node in renames.keys(document.data, old):
        spans[source.keys[node]] = new.name
    for path, ref in walk(tenant):
        if ref in meant and (place := renames.place(document.data, path, ref)) and place in source.values:
            short = _at(document.data, place) == ref.name
            spans[source.values[place]] = new.name if short else str(meant[ref])
    return replaced(texts, spans)


def replaced(texts: Mapping[str, str], spans: Mapping[Span, str]) -> dict[str, str]:
    """Files with a word in place of each token; quotes stay."""
    lines = {name: text.splitlines(keepends=True) for name, text in texts.items()}
    for span, word in sorted(spans.items(), key=lambda each: each[0].start, reverse=True):
        line = lines[span.file][span.start.line - 1]
        start, end = span.start.column - 1, span.end.column - 1
        quote = line[start] if line[start] in "\"'" else ""
        lines[span.file][span.start.line - 1] = f"{line[:start]}{quote}{word}{quote}{line[end:]}"
    return {name: "".join(each) for name, each in lines.items()}


def _at(document: object, node: Node) -> object:
    here = document
    for step in node:
        here = here[step]  # type: ignore[index]  # a node of the document leads through mappings and lists
    return here


def _account(tenant: Tenant, old: Ref) -> str:
    """The name that her telephones go on logging in under; empty where she has none that do, or it is said already."""
    user: User = tenant.users[old.name]
    return old.name if user.telephones and not user.account else ""


def _with_account(texts: Mapping[str, str], new: Ref, account: str) -> dict[str, str]:
    node = (SECTIONS["user"].section, new.name, "account")
    for name, text in texts.items():
        if (fresh := put(text, node, account)) is not None:
            return {**texts, name: fresh}
    raise PbxError(f"{new} has no place for `account: {account}`", "write the user's entry as a mapping of its own")


def noted(texts: Mapping[str, str], home: str, old: Ref, new: Ref) -> dict[str, str]:
    """The files with the move as the last one; one that led back from the new name falls away, as this undoes it."""
    entry = f"{{from: {json.dumps(str(old))}, to: {json.dumps(str(new))}}}"
    for name, text in texts.items():
        places = SourceMap("")
        read = yaml_reader.read(text, "", places)
        listed = read.data.get("moved") if isinstance(read.data, dict) else None
        if listed:
            return {**texts, name: _appended(text, places, listed, str(new), entry)}
    text = texts[home]
    return {**texts, home: f"{text}{'' if text.endswith(chr(10)) else chr(10)}\nmoved:\n  - {entry}\n"}


def _appended(text: str, places: SourceMap, listed: list[dict[str, str]], new: str, entry: str) -> str:
    lines = text.splitlines(keepends=True)
    starts = [places.values["moved", index].start.line - 1 for index in range(len(listed))]
    dashes = [re.match(r"^(\s*)- ", lines[each]) for each in starts]
    ends = [places.values["moved", index].end.line - 1 for index in range(len(listed))]
    if not all(dashes) or len(set(starts)) < len(starts):
        raise UsageError("`moved` is written on one line", "write it as a list with one move on each line")
    first = dashes[0]
    last = lines[starts[-1]]
    fresh = f"{first[1] if first else ''}- {entry}\n"
    block = ends[-1] > starts[-1] and not last.rstrip().endswith("}")
    at = ends[-1] if block else ends[-1] + 1
    if not lines[at - 1].endswith("\n"):
        lines[at - 1] += "\n"
    kept = [*lines[:at], fresh, *lines[at:]]
    for index in reversed(range(len(listed))):
        if listed[index].get("from") == new:
            stop = starts[index + 1] if index + 1 < len(starts) else at
            del kept[starts[index] : stop]
    return "".join(kept)


def _prove(
    root: Path, slug: str, document: Document, tenant: Tenant, texts: Mapping[str, str], renamed: Renamed
) -> None:
    """Raises where the new texts say something else than the old ones under the new name, or have errors."""
    with load.rewritten(root, slug, texts) as folder:
        fresh = checked(folder)
    wanted = renames.written(document.data, tenant, [renamed])
    others = list(_differing(_without(wanted, renamed), _without(fresh.data, renamed)))
    if others:
        raise PbxError(
            f"{', '.join(others)} would not say what they said under the new name",
            "rename it by hand and note the move in `moved`; this is a fault of pbx",
        )


def checked(folder: Folder) -> Document:
    """The folder's one tenant; raises PbxError where there are errors under the new name."""
    specification = validate(folder)
    wrong = [each for each in specification.findings if each.severity is Severity.ERROR]
    if wrong:
        raise PbxError(
            f"under the new name the files have {len(wrong)} error{'s' * (len(wrong) > 1)}: "
            + "; ".join(f"{each.span}: {each.finding.message}" for each in wrong[:FEW]),
            "rename it by hand, with what these places say, and note the move in `moved`; nothing was written",
        )
    (fresh,) = specification.folder.tenants
    return fresh


def _without(data: Mapping[str, object], renamed: Renamed) -> dict[str, object]:
    """A document less what notes the move."""
    found = {key: value for key, value in data.items() if key != "moved"}
    section = found.get(renamed.section)
    if renamed.kind == "user" and isinstance(section, Mapping):
        entry = {key: value for key, value in section[renamed.new].items() if key != "account"}
        found[renamed.section] = {**section, renamed.new: entry}
    return found


def _differing(old: Mapping[str, object], new: Mapping[str, object]) -> Iterator[str]:
    return (section for section in sorted({*old, *new}) if old.get(section) != new.get(section))
