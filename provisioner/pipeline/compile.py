"""Compile: a valid tenant becomes bundles, one for each product.

Pure and deterministic: the same input gives the same bytes on every machine, in every locale and time zone. Rooms lower
their objects, the target links the names and renders; a name that is used and never defined is a finding.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from provisioner.core.artifacts import Bundle
from provisioner.core.feature import Scope
from provisioner.core.findings import Finding
from provisioner.targets.asterisk import bundle as asterisk
from provisioner.targets.asterisk import link as asterisk_link
from provisioner.targets.chat import bundle as chat
from provisioner.targets.kamailio import link as kamailio_link
from provisioner.targets.kamailio import rows as kamailio
from provisioner.targets.ldap import bundle as ldap
from provisioner.targets.provisioning import bundle as provisioning
from provisioner.targets.video import bundle as video
from provisioner.tenant import FEATURES, Tenant

from . import scopes


@dataclass(frozen=True, slots=True)
class Target:
    """A product that bundles are rendered for."""

    product: str
    render: Callable[[str, Iterable[Any]], Bundle]
    link: Callable[[Iterable[Any]], Iterable[Finding]]
    sparse: bool = False
    """Whether a tenant that says nothing to the product has no bundle for it."""


TARGETS: tuple[Target, ...] = (
    Target(asterisk.PRODUCT, asterisk.render, asterisk_link.check),
    Target(kamailio.PRODUCT, kamailio.render, kamailio_link.check),
    Target(provisioning.PRODUCT, provisioning.render, provisioning.check, sparse=True),
    Target(ldap.PRODUCT, ldap.render, ldap.check, sparse=True),
    Target(chat.PRODUCT, chat.render, chat.check, sparse=True),
    Target(video.PRODUCT, video.render, video.check, sparse=True),
)


@dataclass(frozen=True, slots=True)
class Compiled:
    """A tenant's bundles in the order of `TARGETS`; none where `findings` say that the names do not link."""

    bundles: tuple[Bundle, ...]
    findings: tuple[Finding, ...]


def compile_tenant(tenant: Tenant, scope: Scope) -> Compiled:
    """A bundle for each product that the tenant has something for, or what is wrong and no bundle at all."""
    bundles: list[Bundle] = []
    findings: list[Finding] = []
    for target, objects, wrong in _linked(tenant, scope):
        if wrong:
            findings += wrong
        elif objects or not target.sparse:
            bundles.append(target.render(scope.slug, objects))
    return Compiled(() if findings else tuple(bundles), tuple(findings))


def link_tenant(tenant: Tenant, scope: Scope) -> Compiled:
    """What compiling finds wrong, without bundles: rendering finds nothing more, and takes longer than all the rest."""
    return Compiled((), tuple(finding for _, _, wrong in _linked(tenant, scope) for finding in wrong))


def _linked(tenant: Tenant, scope: Scope) -> Iterator[tuple[Target, tuple[Any, ...], tuple[Finding, ...]]]:
    """Each product with what the rooms say to it, and what of that does not link."""
    for target in TARGETS:
        objects = tuple(lowered(tenant, scope, target.product))
        yield target, objects, tuple(target.link(objects))


def lowered(tenant: Tenant, scope: Scope, product: str) -> Iterator[Any]:
    """Everything that the rooms say to one product, room by room."""
    for feature in FEATURES:
        if lower := feature.lower.get(product):
            yield from lower(scopes.section(tenant, feature), scope)
