"""Recorded: what state remembers of stacks, laid against what is wanted."""

from __future__ import annotations

import json
from collections.abc import Iterable

from provisioner.core.deployment import Engine, Outputs, Stack

from .binding import inputs


def moved_since(wanted: Iterable[Stack], engine: Engine, outputs: Outputs) -> list[str]:
    """Stacks that are not recorded as they are wanted. Asked of the engine where its state cannot be read here."""
    return [
        each.name
        for each in wanted
        if not engine.unchanged(each)
        and inputs(each.name, outputs) != {one.name: json.loads(json.dumps(one.inputs)) for one in each.resources}
    ]
