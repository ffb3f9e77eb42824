"""Scopes: what each room of a tenant may know of the others. Looks up and gathers; allocates nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from provisioner.core.feature import Claims, Feature, Files, Scope
from provisioner.core.refs import Ref, walk
from provisioner.core.source import Path
from provisioner.provider import Provider
from provisioner.tenant import FEATURES, Tenant


def of(slug: str, tenant: Tenant, raw: Mapping[str, Any], files: Files, provider: Provider | None) -> Scope:
    """The scope of one tenant.

    `raw` is the document as written: an entry that was set aside for a mistake still counts as a name, so that one
    mistake does not make every reference to it look wrong too.
    """
    claimed = _extensions(tenant)
    scope = Scope(
        slug=slug,
        name=tenant.name,
        domain=tenant.domain,
        time_zone=tenant.time_zone,
        language=tenant.language,
        country=tenant.country,
        names=_names(tenant, raw),
        extensions={extension: ref for extension, (ref, _) in claimed.items()},
        extension_sources={extension: path for extension, (_, path) in claimed.items()},
        services=tuple(service for feature in FEATURES for service in feature.services),
        codes=tenant.codes,
        voices=provider.voices if provider else {},
        catalogue=provider.catalogue if provider else None,
        call_rates=provider.catalogue.rates if provider else {},
        currency=(provider.catalogue.currency or "") if provider else "",
        plan_permissions=provider.catalogue.permissions if provider else {},
        core=provider.placement.home(slug) if provider else "",
        today=datetime.now(ZoneInfo(tenant.time_zone)).date(),
        references=tuple(walk(tenant)),
    )
    if provider:
        open_ways = {"mail": provider.mail, "sms": provider.sms}
        scope = replace(scope, outlets=frozenset(name for name, way in open_ways.items() if way))
        scope = replace(scope, call_log_days=provider.call_log_days, carries_chat=provider.chat is not None)
        scope = replace(scope, carries_video=provider.video is not None, transcriber=provider.transcriber)
    if provider and provider.chat:
        kept = provider.chat.files
        scope = replace(scope, chat_grace=provider.chat.grace, chat_quota=kept.quota if kept else None)
    for feature in FEATURES:
        if feature.contribute:
            scope = feature.contribute(section(tenant, feature), scope, files)
    return scope


def claims(scope: Scope, raw: Mapping[str, Any]) -> Claims:
    """What the tenant claims of the things that all tenants share."""
    domain = scope.domain if raw.get("domain") == scope.domain else ""
    return Claims(
        domain, scope.tenant_numbers, scope.today, scope.macs, scope.attendant_numbers, frozenset(scope.formerly)
    )


def section(tenant: Tenant, feature: Feature[Any]) -> Any:
    return getattr(tenant, feature.section)


def _names(tenant: Tenant, raw: Mapping[str, Any]) -> dict[str, frozenset[str]]:
    names: dict[str, set[str]] = {}
    for feature in FEATURES:
        if feature.kind:
            written = raw.get(feature.section)
            names.setdefault(feature.kind, set()).update(written if isinstance(written, dict) else ())
        if feature.defines:
            for ref in feature.defines(section(tenant, feature)):
                names.setdefault(ref.kind, set()).add(ref.name)
    return {kind: frozenset(found) for kind, found in names.items()}


def _extensions(tenant: Tenant) -> dict[str, tuple[Ref, Path]]:
    """extension → what it reaches, and where; the first claim counts, a second one is a finding of its own rule."""
    claimed: dict[str, tuple[Ref, Path]] = {}
    for feature in FEATURES:
        if feature.extensions:
            for extension, ref, path in feature.extensions(section(tenant, feature)):
                claimed.setdefault(extension, (ref, path))
    return claimed


def placed(scope: Scope, core: str) -> Scope:
    """The scope once the tenant's home core node is known."""
    return replace(scope, core=core)
