"""Validate: every finding of a provider's folder in one run, located in its file.

Structure first, entry by entry; then references, each room's own checks, the rules over a tenant, and the rules over
the platform. A check that fails itself becomes a finding: one broken rule must not hide what the others saw.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from provisioner.core.feature import Claims, Files, Scope
from provisioner.core.findings import Finding, Located, Rule, Severity
from provisioner.provider import Provider
from provisioner.rules import PLATFORM_RULES, TENANT_RULES
from provisioner.tenant import FEATURES, Tenant

from . import references, scopes, structure
from .load import Document, Folder

Z001 = Rule(
    code="Z001",
    title="A check failed itself",
    why="The tool could not decide whether this part of the file is right.",
    remedy="Report it with the file; the other checks are not affected.",
    bad="(nothing that you wrote)",
    good="(nothing that you can change)",
)
RULES = (Z001,)

STAND_INS = {
    "version": "1",
    "name": "?",
    "domain": "unknown.invalid",
    "time_zone": "UTC",
    "language": "en",
    "country": "SE",
}
"""What the head of a tenant file counts as where it is wrong, while the rest is checked."""


@dataclass
class Specification:
    """A provider's folder, understood: models, scopes and everything that is wrong with it."""

    folder: Folder
    provider: Provider | None
    tenants: dict[str, Tenant] = field(default_factory=dict)
    scopes: dict[str, Scope] = field(default_factory=dict)
    findings: list[Located] = field(default_factory=list)

    @property
    def valid(self) -> bool:
        return not any(each.severity is Severity.ERROR for each in self.findings)


def validate(folder: Folder) -> Specification:
    """Reads meaning into the folder's documents and reports all findings, sorted by place."""
    model, findings = provider(folder.provider)
    specification = Specification(folder, model, findings=findings)
    claims = {}
    for document in folder.tenants:
        known = understand(document, folder, specification.provider)
        specification.findings += known.findings
        if known.tenant and known.scope:
            specification.tenants[document.slug] = known.tenant
            specification.scopes[document.slug] = known.scope
            claims[document.slug] = scopes.claims(known.scope, document.data)
    by_slug = {document.slug: document for document in (folder.provider, *folder.tenants)}
    specification.findings += check_platform(specification.provider, claims, by_slug.__getitem__)
    specification.findings.sort(key=by_place)
    return specification


def provider(document: Document) -> tuple[Provider | None, list[Located]]:
    """The provider's file, understood, as far as it can be."""
    if not document.data:
        return None, list(document.findings)
    model, findings = structure.validate(Provider, document.data, {"version": "1"})
    return model, document.findings + [locate(finding, document) for finding in findings]


@dataclass(frozen=True, slots=True)
class Understood:
    """One tenant's document with its meaning, as far as it has one."""

    tenant: Tenant | None
    scope: Scope | None
    findings: list[Located]


def understand(document: Document, files: Files, provider: Provider | None) -> Understood:
    """Reads meaning into one tenant's document; `files` are those beside it in the provider's folder."""
    if not document.data:
        return Understood(None, None, document.findings)
    scope = None
    tenant, findings = structure.validate(Tenant, document.data, STAND_INS)
    if tenant is not None:
        scope = replace(scopes.of(document.slug, tenant, document.data, files, provider), whole=not findings)
        findings += check_tenant(tenant, scope)
    return Understood(tenant, scope, document.findings + [locate(finding, document) for finding in findings])


def check_platform(
    provider: Provider | None, claims: Mapping[str, Claims], document: Callable[[str], Document]
) -> Iterator[Located]:
    """Findings over all tenants; `document` gives the one of a slug, the provider's for an empty slug."""
    for rule in PLATFORM_RULES:
        for slug, finding in _guarded(
            partial(rule.check, provider, claims), rule.rule.code, lambda finding: ("", finding)
        ):
            yield locate(finding, document(slug))


def by_place(each: Located) -> tuple[Any, ...]:
    """The order in which findings are shown."""
    return each.span.file, each.span.start, each.code


def check_tenant(tenant: Tenant, scope: Scope) -> Iterator[Finding]:
    """Findings of one tenant beyond its structure."""
    yield from references.check(scope.references, scope)
    for feature in FEATURES:
        if feature.check:
            yield from _guarded(partial(feature.check, scopes.section(tenant, feature), scope), feature.section)
    for rule in TENANT_RULES:
        yield from _guarded(partial(rule.check, tenant, scope), rule.rule.code)


def _same(finding: Finding) -> Finding:
    return finding


def _guarded(check: Callable[[], Iterable[Any]], name: str, failed: Callable[[Finding], Any] = _same) -> Iterator[Any]:
    try:
        yield from check()
    except Exception as error:
        yield failed(Z001.at((), f"the check {name} failed: {type(error).__name__}: {error}"))


def locate(finding: Finding, document: Document) -> Located:
    """Gives a finding its place and the line to show."""
    span = document.source.span(finding.path, key=finding.on_key)
    lines: Mapping[str, list[str]] = document.source.texts
    text = lines.get(span.file, [])
    return Located(finding, span, text[span.start.line - 1] if span.start.line <= len(text) else "")
