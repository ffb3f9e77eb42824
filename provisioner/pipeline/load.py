"""Load: a provider's folder becomes documents of plain data, each able to say where every node stands.

`provider.yaml` is the platform; each file or folder below `tenants/` is one tenant, whose name is its slug. The files
of a tenant folder are joined section by section. Positions are read again only when somebody asks for them, so that
good files cost one pass.
"""

from __future__ import annotations

import gc
import hashlib
import re
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path as FilePath
from typing import Any

from provisioner.core.errors import UsageError
from provisioner.core.findings import Located, Rule, nearest
from provisioner.core.refs import NAME_PATTERN
from provisioner.core.source import Position, SourceMap, Span

from . import yaml_reader

Y005 = Rule(
    code="Y005",
    title="File name that is no tenant's name",
    why="The name of the file is the tenant's slug; it becomes part of context names, queues and addresses.",
    remedy="Rename the file: at most 24 lower-case letters, digits and hyphens, beginning with a letter.",
    bad="tenants/Klinik Åre.yaml",
    good="tenants/klinik-are.yaml",
)
Y006 = Rule(
    code="Y006",
    title="Section in two files of one tenant",
    why="Two files that both claim a section would hide each other's entries.",
    remedy="Keep each section in one file of the tenant's folder.",
    bad="tenants/klinik/users.yaml and tenants/klinik/more.yaml both hold `users:`",
    good="one `users:` in tenants/klinik/users.yaml",
)
RULES = (Y005, Y006)

PROVIDER = "provider.yaml"
"""The file by which a provider's folder is known."""

LONGEST_SLUG = 24
"""Characters of a slug: beside the longest kind and the longest name it still fits into a name of Asterisk's."""

RESERVED = ("default", "general", "pin", "recordings", "zonemessages")
"""Words with a meaning of their own: sections of voicemail.conf, where a tenant's mailboxes stand in one of its slug,
and parts of a handle that say whether a secret is a PIN or a key."""


@dataclass
class Document:
    """One tenant's (or the platform's) data as written, with the files it was read from."""

    slug: str
    files: tuple[FilePath, ...]
    root: FilePath
    data: dict[str, Any]
    findings: list[Located] = field(default_factory=list)
    unsaved: Mapping[FilePath, str] = field(default_factory=dict)
    """file → the text that an editor holds of it, which counts before what was saved."""

    @cached_property
    def source(self) -> SourceMap:
        """Where everything stands; read from the files again, with positions this time."""
        total = SourceMap(self.show(self.files[0]))
        texts = {}
        for file in self.files:
            text = self.text(file)
            if isinstance(text, Located):
                continue
            part = SourceMap(self.show(file))
            yaml_reader.read(text, part.file, part)
            total.keys = part.keys | total.keys
            total.values = part.values | total.values
            texts[part.file] = text.splitlines()
        total.texts = texts
        return total

    def text(self, file: FilePath) -> str | Located:
        """What one of the files holds, or the finding that says why it is no text."""
        if (typed := self.unsaved.get(file)) is not None:
            return yaml_reader.decode(typed.encode("utf-8", "replace"), self.show(file))
        return _text(file, self.show(file))

    def show(self, file: FilePath) -> str:
        """The file as people name it: relative to the provider's folder."""
        return file.relative_to(self.root).as_posix()


@dataclass
class Folder:
    """A provider's folder as read."""

    root: FilePath
    provider: Document
    tenants: tuple[Document, ...]

    def sha256(self, file: str) -> str | None:
        """The digest of a file below the folder, or None where there is none (see core.feature.Files)."""
        path = self._below(file)
        return hashlib.sha256(path.read_bytes()).hexdigest() if path else None

    def content(self, file: str, most: int) -> bytes | None:
        """The first bytes of a file below the folder (see core.feature.Files)."""
        path = self._below(file)
        if not path:
            return None
        with path.open("rb") as stream:
            return stream.read(most)

    def _below(self, file: str) -> FilePath | None:
        try:
            path = (self.root / file).resolve()
            return path if path.is_relative_to(self.root.resolve()) and path.is_file() else None
        except (OSError, ValueError):  # a name that no file system takes
            return None


def load(root: FilePath, only: frozenset[str] = frozenset()) -> Folder:
    """Reads the folder; `only` narrows to the named tenants, or all where it is empty.

    Raises UsageError where the folder has no `provider.yaml` or a named tenant does not exist.
    """
    found = find(root, only)
    folder = platform(root)
    with collector_off():
        tenants = tuple(document(root, slug, files) for slug, files in found.items())
    return Folder(root, folder.provider, tenants)


@contextmanager
def rewritten(root: FilePath, slug: str, texts: Mapping[str, str]) -> Iterator[Folder]:
    """The folder with one tenant, whose files (path below the folder → text) say something else; the provider's may be
    among them. None is written."""
    with tempfile.TemporaryDirectory(prefix="pbx-rewritten-") as place:
        copy = FilePath(place)
        for name, text in texts.items():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            (copy / name).write_bytes(text.encode())
        fresh = document(copy, slug, tuple(copy / name for name in texts if name != PROVIDER))
        # Sounds and calendars that the files name lie in the folder itself.
        yield Folder(root, platform(copy if PROVIDER in texts else root).provider, (fresh,))


def platform(root: FilePath) -> Folder:
    """The folder with the provider's own file alone."""
    file = root / PROVIDER
    if not file.is_file():
        raise UsageError(
            f"{root} holds no provider.yaml", "name a provider's folder with --folder; `examples` of the project is one"
        )
    return Folder(root, document(root, "", (file,)), ())


def find(root: FilePath, only: frozenset[str] = frozenset()) -> dict[str, tuple[FilePath, ...]]:
    """slug → its files, in the order of the slugs; raises UsageError where a named tenant does not exist."""
    files: dict[str, tuple[FilePath, ...]] = {}
    for entry in sorted(_entries(root / "tenants")):
        slug = entry.name if entry.is_dir() else entry.stem
        if not only or slug in only:  # `acme.yaml` beside `acme/` is one tenant in several files
            files[slug] = (*files.get(slug, ()), *_files(entry))
    for name in sorted(only - files.keys()):
        hint = nearest(name, find(root))
        raise UsageError(f"no tenant {name!r} below {root / 'tenants'}", f"did you mean {hint!r}?" if hint else "")
    return dict(sorted(files.items()))


def files_of(root: FilePath, slug: str) -> tuple[FilePath, ...]:
    """The files of one tenant, without a look at the others; none where there is no such tenant."""
    entries = [root / "tenants" / name for name in (slug, f"{slug}.yaml", f"{slug}.yml")]
    there = [each for each in entries if each.is_dir() or (each.name != slug and each.exists())]
    return tuple(file for each in there for file in _files(each))


def _entries(tenants: FilePath) -> list[FilePath]:
    if not tenants.is_dir():
        return []
    visible = (each for each in tenants.iterdir() if not each.name.startswith("."))
    return [each for each in visible if each.is_dir() or each.suffix in (".yaml", ".yml")]


def _files(entry: FilePath) -> tuple[FilePath, ...]:
    if not entry.is_dir():
        return (entry,)
    return tuple(sorted(each for each in entry.iterdir() if each.suffix in (".yaml", ".yml"))) or (entry,)


def document(
    root: FilePath, slug: str, files: tuple[FilePath, ...], unsaved: Mapping[FilePath, str] | None = None
) -> Document:
    """One tenant as written, or the platform where the slug is empty."""
    read = Document(slug, files, root, {}, unsaved=unsaved or {})
    first = Span(read.show(files[0]), Position(1, 1), Position(1, 2))
    if slug and (not re.fullmatch(NAME_PATTERN, slug) or len(slug) > LONGEST_SLUG or slug in RESERVED):
        expected = f"at most {LONGEST_SLUG} letters a–z, digits, hyphens; none of {', '.join(RESERVED)}"
        named = Y005.at((), f"{slug!r} cannot be a tenant's name", expected=expected)
        read.findings.append(Located(named, first))
    for file in files:
        _read_into(read, file)
    return read


def _read_into(document: Document, file: FilePath) -> None:
    shown = document.show(file)
    text = document.text(file)
    if isinstance(text, Located):
        document.findings.append(text)
        return
    reading = yaml_reader.read(text, shown)
    document.findings += reading.findings
    if isinstance(reading.data, dict):
        for key, value in reading.data.items():
            if key in document.data:
                _claimed_twice(document, key, shown, text)
            document.data.setdefault(key, value)
    elif not reading.findings:
        document.findings.append(yaml_reader.no_mapping(shown, reading.data))


def _text(file: FilePath, shown: str) -> str | Located:
    """What the file holds; a pipe or a device would keep us waiting, or never end."""
    if file.is_dir():
        return yaml_reader.no_file(shown, "a folder without a .yaml file")
    if not file.exists():
        missing = f"a link to {file.readlink()}, which is not there" if file.is_symlink() else "a file that is gone"
        return yaml_reader.no_file(shown, missing)
    if not file.is_file():
        return yaml_reader.no_file(shown, "a pipe, socket or device")
    if (size := file.stat().st_size) > yaml_reader.MAX_BYTES:
        return yaml_reader.too_large(shown, size)
    return yaml_reader.decode(file.read_bytes(), shown)


def _claimed_twice(document: Document, key: str, shown: str, text: str) -> None:
    places = SourceMap(shown)
    yaml_reader.read(text, shown, places)
    span = places.span((key,), key=True)
    finding = Y006.at((key,), f"{key!r} stands in another file of this tenant too", expected="one file", on_key=True)
    document.findings.append(Located(finding, span, text.splitlines()[span.start.line - 1]))


@contextmanager
def collector_off() -> Iterator[None]:
    """Reading makes many objects and no garbage; the collector would only walk them again and again."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
