"""Checks that need two nouns, one a file; here they are listed in the order that their findings are shown.

A tenant rule sees one whole tenant and its scope. A platform rule sees all tenants and the provider's file, and
yields each finding beside the slug of the tenant whose file is at fault (empty: the provider's file).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from provisioner.core.feature import Scope
from provisioner.core.findings import Finding, Rule
from provisioner.tenant import Tenant


@dataclass(frozen=True, slots=True)
class TenantRule:
    """A check over one tenant."""

    rule: Rule
    check: Callable[[Tenant, Scope], Iterable[Finding]]


@dataclass(frozen=True, slots=True)
class PlatformRule:
    """A check over the whole platform: the provider's model and every tenant by slug."""

    rule: Rule
    check: Callable[[Any, Mapping[str, Tenant]], Iterable[tuple[str, Finding]]]


TENANT_RULES: tuple[TenantRule, ...] = ()
PLATFORM_RULES: tuple[PlatformRule, ...] = ()
