"""The tenant and its numbers at the edge: to whom a call from a trunk belongs."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.core.feature import Scope
from provisioner.targets.kamailio.objects import Number as Row
from provisioner.targets.kamailio.objects import Tenant

from .model import Number


def lower(numbers: dict[str, Number], scope: Scope) -> Iterator[Tenant | Row]:
    yield Tenant(scope.slug, scope.core, scope.main_number, ("numbers",), scope.formerly)
    for number in numbers:
        yield Row(number, scope.slug, ("numbers", number))
