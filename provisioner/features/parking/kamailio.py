"""Parking at the edge: what keys may watch to show whether somebody waits at a slot."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.core import lights
from provisioner.core.feature import Scope
from provisioner.targets.kamailio.objects import Light

from . import facts
from .model import Parking


def lower(parking: Parking | None, scope: Scope) -> Iterator[Light]:
    if parking:
        for slot in facts.slots(parking):
            dialled = scope.code(facts.SERVICE.name) + slot
            yield Light(dialled, lights.of_slot(scope.slug, slot), scope.slug, ("parking", "slots"))
