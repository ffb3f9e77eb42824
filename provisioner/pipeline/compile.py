"""Compile: a valid specification becomes bundles, one for each tenant and product.

Pure and deterministic: the same input gives the same bytes on every machine, in every locale and time zone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from provisioner.core.artifacts import Bundle
from provisioner.core.feature import Scope
from provisioner.targets import asterisk
from provisioner.tenant import FEATURES, Tenant

from . import scopes

Render = Callable[[str, Iterable[Any]], Bundle]
RENDERERS: Mapping[str, Render] = {"asterisk": asterisk.render}
"""product → the target's writer of a tenant's bundle."""


def compile_tenant(tenant: Tenant, scope: Scope) -> tuple[Bundle, ...]:
    """The tenant's bundles, in the order of `RENDERERS`."""
    return tuple(render(scope.slug, list(lowered(tenant, scope, product))) for product, render in RENDERERS.items())


def lowered(tenant: Tenant, scope: Scope, product: str) -> Iterable[Any]:
    """Everything that the rooms say to one product, room by room."""
    for feature in FEATURES:
        if lower := feature.lower.get(product):
            yield from lower(scopes.section(tenant, feature), scope)
