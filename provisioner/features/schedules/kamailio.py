"""Schedules at the edge: what keys may watch to show how the manual switch stands."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.core import lights
from provisioner.core.feature import Scope
from provisioner.targets.kamailio.objects import Light

from .facts import CLOSES, OPENS, TURNS
from .model import Schedule


def lower(schedules: dict[str, Schedule], scope: Scope) -> Iterator[Light]:
    for name, schedule in schedules.items():
        if schedule.switch:
            for light, tail in zip(lights.of_switch(scope.slug, name), (TURNS, OPENS, CLOSES), strict=True):
                yield Light(schedule.switch.code + tail, light, scope.slug, ("schedules", name, "switch"))
