"""What the tests of queues have in common: the tenant, who calls, and how to look at what comes of it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from provisioner.core.artifacts import Recipe
from provisioner.core.probes import Outside, Phone
from provisioner.targets.asterisk import counting
from tests.lab.reception.reception import Reception

TENANT = "queues"
CALLER, OTHER = Outside("+46701740621"), Outside("+46701740622")
ANNA, BO, CECILIA, DAVID = Phone("anna"), Phone("bo"), Phone("cecilia"), Phone("david")


def places(language: str) -> dict[str, Recipe]:
    """text → what is said of places and waits."""
    return {each.recipe.text: each.recipe for each in counting.sounds(language)}  # type: ignore[union-attr]


def eventually(what: Callable[[], object], wanted: object, seconds: float = 10) -> None:
    end, found = time.monotonic() + seconds, what()
    while found != wanted and time.monotonic() < end:
        time.sleep(0.2)
        found = what()
    assert found == wanted


def light(reception: Reception, name: str) -> str:
    shown = reception.asterisk("devstate list").splitlines()
    return next((line for line in shown if f"Custom:{TENANT}.{name}'" in line), "")


def figures(reception: Reception, section: str, name: str) -> dict[str, Any]:
    told = reception.document("queues", TENANT)
    return next(each for each in told[section] if each["name"] == name)
