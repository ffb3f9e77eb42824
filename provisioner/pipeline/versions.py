"""Versions: tenants as they stood at a revision of the provider's folder, understood as far as they go.

Only tenants whose meaning may differ between two revisions are read: those whose files differ, those that name a file
which differs, and all where the provider's catalogue does. Nothing is checked but the structure: a revision of long
ago may hold mistakes, and is compared all the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from provisioner.core.feature import Files as FilesBeside
from provisioner.core.feature import Scope
from provisioner.core.findings import Located
from provisioner.core.ports.revisions import Revision, Revisions
from provisioner.provider import Provider
from provisioner.tenant import Tenant

from . import scopes, structure, yaml_reader
from .validate import STAND_INS

PROVIDER = "provider.yaml"
TENANTS = "tenants"
SUFFIXES = (".yaml", ".yml")


@dataclass(frozen=True)
class Version:
    """One tenant at one revision."""

    slug: str
    data: Mapping[str, Any]
    """As written, its files joined."""
    tenant: Tenant | None
    scope: Scope | None
    mistakes: int = 0

    @property
    def title(self) -> str:
        return self.tenant.name if self.tenant else self.slug

    @cached_property
    def meant(self) -> dict[str, Any]:
        """The document with every default said and every short form written out."""
        return self.tenant.model_dump(mode="json", by_alias=True) if self.tenant else {}

    @cached_property
    def said(self) -> dict[str, Any]:
        """The document with short forms written out, without what is as usual."""
        if not self.tenant:
            return {}
        return self.tenant.model_dump(mode="json", by_alias=True, exclude_defaults=True)


@dataclass(frozen=True)
class Files:
    """Other files of the folder at a revision (see core.feature.Files)."""

    revisions: Revisions
    revision: Revision

    def sha256(self, file: str) -> str | None:
        found = self.content(file, -1)
        return None if found is None else hashlib.sha256(found).hexdigest()

    def content(self, file: str, most: int) -> bytes | None:
        if file.startswith(("/", "..")):
            return None
        found = self.revisions.files(self.revision, [file]).get(file)
        return found if found is None or most < 0 else found[:most]


@dataclass(frozen=True)
class At:
    """The provider's folder at a revision."""

    revisions: Revisions
    revision: Revision

    @cached_property
    def platform(self) -> tuple[Mapping[str, Any], Provider | None]:
        """The provider's file as written, and understood."""
        found = self.revisions.files(self.revision, [PROVIDER]).get(PROVIDER)
        data, _ = _joined({PROVIDER: found} if found is not None else {})
        return data, structure.validate(Provider, data, {"version": "1"})[0] if data else None

    @property
    def provider(self) -> Provider | None:
        return self.platform[1]

    def tenants(self, slugs: Iterable[str]) -> dict[str, Version]:
        """Those of the slugs that there are."""
        paths = [f"{TENANTS}/{slug}{suffix}" for slug in slugs for suffix in ("", *SUFFIXES)]
        by_slug: dict[str, dict[str, bytes]] = {}
        for path, content in self.revisions.files(self.revision, paths).items():
            if slug := slug_of(path):
                by_slug.setdefault(slug, {})[path] = content
        return {slug: self._understood(slug, files) for slug, files in sorted(by_slug.items())}

    def every(self) -> list[str]:
        """The slugs of all tenants."""
        return sorted({slug for path in self.revisions.files(self.revision, [TENANTS]) if (slug := slug_of(path))})

    def _understood(self, slug: str, files: Mapping[str, bytes]) -> Version:
        data, tenant, mistakes = _read(tuple(files.items()))
        beside = Files(self.revisions, self.revision)
        scope = scopes.of(slug, tenant, data, beside, self.provider) if tenant else None
        return Version(slug, data, tenant, scope, mistakes)


def understood(slug: str, data: Mapping[str, Any], files: FilesBeside, provider: Provider | None) -> Version:
    """A document that is at hand."""
    tenant, wrong = structure.validate(Tenant, dict(data), STAND_INS)
    scope = scopes.of(slug, tenant, data, files, provider) if tenant else None
    return Version(slug, data, tenant, scope, len(wrong))


@lru_cache(maxsize=4096)
def _read(files: tuple[tuple[str, bytes], ...]) -> tuple[dict[str, Any], Tenant | None, int]:
    """Data, model and mistakes of a tenant's files; both sides share what is the same."""
    data, findings = _joined(dict(files))
    tenant, wrong = structure.validate(Tenant, data, STAND_INS)
    return data, tenant, len(findings) + len(wrong)


def slug_of(path: str) -> str:
    """The tenant whose file it is; empty where it is none's. Files of a tenant's folder lie in it directly."""
    steps = path.split("/")
    if steps[0] != TENANTS or len(steps) not in (2, 3) or steps[1].startswith(".") or not path.endswith(SUFFIXES):
        return ""
    return steps[1] if len(steps) == 3 else steps[1].rpartition(".")[0]


def touched(revisions: Revisions, old: At, new: At) -> list[str]:
    """The slugs of tenants whose meaning may differ."""
    changed = revisions.changed(old.revision, new.revision)
    slugs = {slug for path in changed if (slug := slug_of(path))}
    if PROVIDER in changed and _offers(old) != _offers(new):
        return sorted({*old.every(), *new.every()})
    others = [path for path in changed if not slug_of(path) and path != PROVIDER]
    for at in (old, new) if others else ():
        slugs |= {slug for path in revisions.naming(at.revision, others) if (slug := slug_of(path))}
    return sorted(slugs)


def _offers(at: At) -> Any:
    return at.platform[0].get("catalogue")


def _joined(files: Mapping[str, bytes]) -> tuple[dict[str, Any], list[Located]]:
    """The sections of all files; what stands in two of them counts once, as in `load`."""
    joined: dict[str, Any] = {}
    findings: list[Located] = []
    for path, content in files.items():
        text = yaml_reader.decode(content, path)
        if isinstance(text, Located):
            findings.append(text)
            continue
        reading = yaml_reader.read(text, path)
        findings += reading.findings
        if isinstance(reading.data, dict):
            for key, value in reading.data.items():
                joined.setdefault(key, value)
    return joined, findings
