"""A provider's folder as an editor has it open: unsaved texts count before the files, all others come from the disk.

Two tenants may claim the same number, so others are understood too: one at a time by whoever has a moment (`learn`),
and only those whose text holds something that stands in a file which is edited (`concerns`). What was read is kept as
long as its text or its file stays as it was.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path as FilePath

from provisioner.core.feature import Claims
from provisioner.core.findings import Located, Severity
from provisioner.core.refs import DESTINATION_KINDS, HANGUPS, Ref
from provisioner.core.source import Path, SourceMap
from provisioner.pipeline import scopes
from provisioner.pipeline.compile import link_tenant
from provisioner.pipeline.load import PROVIDER, Document, Folder, document, files_of, find
from provisioner.pipeline.validate import by_place, check_platform, locate, provider, understand
from provisioner.provider import Provider
from provisioner.tenant import FEATURES

Stamp = tuple[tuple[str, object], ...]
"""What a document was read from: its files with their unsaved text, or with what the disk says of them."""


CLAIMED = re.compile(rb"\+[0-9]{7,15}|(?:[0-9A-Fa-f]{2}[:.-]?){5}[0-9A-Fa-f]{2}|\bdomain[\"']?\s*:\s*[\"']?[\w.-]+")
"""What two tenants could both claim, as it may be written: numbers, hardware addresses, the SIP domain."""


def mentioned(text: bytes) -> frozenset[bytes]:
    """All of it that a text holds, in one spelling."""
    return frozenset(each.translate(None, b":.-'\" \r").lower() for each in CLAIMED.findall(text))


def root_of(file: FilePath) -> FilePath | None:
    """The provider's folder that a file belongs to, or None."""
    return next((each for each in file.parents if (each / PROVIDER).is_file()), None)


@dataclass(frozen=True, slots=True)
class _Read:
    stamp: Stamp
    document: Document


@dataclass(frozen=True, slots=True)
class View:
    """A tenant's files (or the provider's) at the moment of one question."""

    document: Document
    provider: Document
    understood: Mapping[str, frozenset[str]] | None
    """kind → names, as last understood; None while the file never was."""

    @property
    def kind(self) -> str:
        """Which schema holds for the document."""
        return "tenant" if self.document.slug else "provider"

    def names(self, kind: str) -> frozenset[str]:
        """The names of one kind that the tenant may use, as last understood; as written while it never was."""
        match kind:
            case "plan":
                plans = _inside(self.provider.data, "catalogue", "plans")
                return frozenset(plans if isinstance(plans, dict) else ())
            case "hangup":
                return frozenset(HANGUPS)
        if self.understood is not None:
            return self.understood.get(kind, frozenset())
        sections = {each.section for each in FEATURES if each.kind == kind}
        written = self.document.source.keys
        return frozenset(str(path[1]) for path in written if len(path) == 2 and path[0] in sections)

    def destinations(self, kind: str = "") -> Iterator[Ref]:
        """Everything of the tenant that a call can go on to, or what is of one kind."""
        for each in (kind,) if kind in DESTINATION_KINDS else DESTINATION_KINDS:
            yield from (Ref(each, name) for name in sorted(self.names(each)))

    def title(self, ref: Ref) -> str:
        """What people call the thing of that name; empty where nothing says it, or while the file cannot be read."""
        if ref.kind == "plan":
            return _title(_inside(self.provider.data, "catalogue", "plans", ref.name))
        found = (_title(_inside(self.document.data, section, ref.name)) for section in _sections(ref.kind))
        return next((each for each in found if each), "")

    def definition(self, ref: Ref) -> tuple[SourceMap, Path] | None:
        """Where the thing of that name is said, or None where nothing says it."""
        if ref.kind == "plan":
            return _where(self.provider, ("catalogue", "plans", ref.name))
        places = (_where(self.document, (section, ref.name)) for section in _sections(ref.kind))
        return next((found for found in places if found), None)


@cache
def _sections(kind: str) -> tuple[str, ...]:
    """The sections whose entries a reference of the kind may name."""
    found = tuple(each.section for each in FEATURES if kind == each.kind or kind in each.defines_too)
    return found or ("numbers",)


def _inside(data: object, *path: str) -> object:
    """What stands at a path of a document as written, which may be anything; None where nothing does."""
    for step in path:
        data = data.get(step) if isinstance(data, dict) else None
    return data


def _title(entry: object) -> str:
    told = (entry.get("title") or entry.get("name")) if isinstance(entry, dict) else None
    return told if isinstance(told, str) else ""


def _where(document: Document, path: Path) -> tuple[SourceMap, Path] | None:
    return (document.source, path) if path in document.source.keys else None


class Project:
    """One provider's folder."""

    def __init__(self, root: FilePath) -> None:
        self.root = root
        self.unsaved: dict[FilePath, str] = {}
        self._read: dict[str, _Read] = {}
        self._claims: dict[str, tuple[Stamp, Claims | None]] = {}
        self._names: dict[str, Mapping[str, frozenset[str]]] = {}
        self._mentioned: dict[str, tuple[Stamp, frozenset[bytes]]] = {}

    def slug(self, file: FilePath) -> str | None:
        """The tenant that a file says something of; empty for the provider's own, None for any other file."""
        match file.relative_to(self.root).parts:
            case (name,) if name == PROVIDER:
                return ""
            case ("tenants", name) if FilePath(name).suffix in (".yaml", ".yml"):
                return FilePath(name).stem
            case ("tenants", slug, name) if FilePath(name).suffix in (".yaml", ".yml"):
                return slug
        return None

    def files(self, slug: str) -> tuple[FilePath, ...]:
        """The files of a tenant, on the disk or only in the editor."""
        if not slug:
            return (self.root / PROVIDER,)
        held = [each for each in self.unsaved if self.slug(each) == slug]
        return tuple(sorted({*files_of(self.root, slug), *held}))

    def document(self, slug: str) -> Document:
        """What a tenant's files, or the provider's, say now."""
        files = self.files(slug)
        stamp = self._stamp(files)
        known = self._read.get(slug)
        if known is None or known.stamp != stamp:
            known = self._read[slug] = _Read(stamp, document(self.root, slug, files, dict(self.unsaved)))
        return known.document

    def view(self, slug: str) -> View:
        """What answers one question about a tenant's files, or the provider's."""
        return View(self.document(slug), self.document(""), self._names.get(slug))

    def findings(self, slug: str) -> list[Located]:
        """Everything that is wrong in a tenant's files, or in the provider's, also against tenants that are known."""
        self._forget()
        model, own = self._provider()
        found = self._understand(slug, model) if slug else list(own)
        claims = {each: held for each, (_, held) in self._claims.items() if held}
        files = {self._shown(each) for each in self.files(slug)}
        found += [each for each in check_platform(model, claims, self.document) if each.span.file in files]
        return sorted(found, key=by_place)

    def tenants(self) -> list[str]:
        """Everybody who is there, whether a file of theirs is open or not."""
        return list(self._forget())

    def concerns(self, slug: str) -> bool:
        """Whether a tenant is to be understood for the sake of the files that are open: it is not as it was last, and
        was known already or holds what they could claim too. The provider's own file is about all tenants."""
        stamp = self._stamp(self.files(slug))
        known = self._claims.get(slug)
        if known and known[0] == stamp:
            return False
        edited = {self.slug(each) for each in self.unsaved}
        if known or "" in edited or slug in edited:
            return True
        mine = self._mentions(slug, stamp)
        return any(mine & self._mentions(each, self._stamp(self.files(each))) for each in edited if each)

    def _mentions(self, slug: str, stamp: Stamp) -> frozenset[bytes]:
        known = self._mentioned.get(slug)
        if known is None or known[0] != stamp:
            texts = (self.unsaved[each].encode() if each in self.unsaved else _bytes(each) for each in self.files(slug))
            known = self._mentioned[slug] = stamp, mentioned(b"\n".join(texts))
        return known[1]

    def _forget(self) -> Iterable[str]:
        """Lets go of tenants that are there no more; returns those that are."""
        found = find(self.root)
        for gone in self._claims.keys() - found.keys() - {self.slug(each) for each in self.unsaved}:
            del self._claims[gone]
            self._mentioned.pop(gone, None)
        return found

    def learn(self, slug: str) -> None:
        """Understands one tenant for what it claims, and keeps no more of it than that where nobody edits it."""
        self._understand(slug, self._provider()[0])
        if not any(self.slug(each) == slug for each in self.unsaved):
            self._read.pop(slug, None)
            self._names.pop(slug, None)

    def _understand(self, slug: str, model: Provider | None) -> list[Located]:
        written = self.document(slug)
        known = understand(written, Folder(self.root, self.document(""), ()), model)
        found = list(known.findings)
        if known.scope:
            self._names[slug] = known.scope.names
        if known.tenant and known.scope and not any(each.severity is Severity.ERROR for each in found):
            found += [locate(each, written) for each in link_tenant(known.tenant, known.scope).findings]
        claims = scopes.claims(known.scope, written.data) if known.scope else None
        self._claims[slug] = self._read[slug].stamp, claims
        return found

    def _provider(self) -> tuple[Provider | None, list[Located]]:
        return provider(self.document(""))

    def _stamp(self, files: tuple[FilePath, ...]) -> Stamp:
        held = self.unsaved
        return tuple((self._shown(each), held[each] if each in held else _on_disk(each)) for each in files)

    def _shown(self, file: FilePath) -> str:
        return file.relative_to(self.root).as_posix()


def _bytes(file: FilePath) -> bytes:
    try:
        return file.read_bytes()
    except OSError:
        return b""


def _on_disk(file: FilePath) -> object:
    try:
        told = file.stat()
    except OSError:
        return None
    return told.st_mtime_ns, told.st_size, told.st_ino
