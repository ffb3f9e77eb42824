"""Recorded: what state remembers of stacks, laid against what is wanted; and the name of a plan made of both."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable

from provisioner.core.deployment import Engine, Outputs, Plain, Stack


def fingerprint(wanted: Iterable[Stack], leaving: Iterable[str], outputs: Outputs) -> str:
    """Names a plan by what is wanted and what is recorded now; the results of earlier runs do not count."""
    facts = [[each.name, each.digest, _recorded(each.name, outputs)] for each in wanted]
    facts += [[each, "", _recorded(each, outputs)] for each in leaving]
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


def _recorded(name: str, outputs: Outputs) -> str:
    return hashlib.sha256(json.dumps(_inputs(name, outputs), sort_keys=True).encode()).hexdigest()


def _inputs(name: str, outputs: Outputs) -> dict[str, dict[str, Plain]]:
    """resource name → its recorded inputs."""
    return {
        resource: {key: value for key, value in facts.items() if key != "hosts"}
        for resource, facts in outputs(name).items()
    }


def moved_since(wanted: Iterable[Stack], engine: Engine, outputs: Outputs) -> list[str]:
    """Stacks that are not recorded as they are wanted. Asked of the engine where its state cannot be read here."""
    return [
        each.name
        for each in wanted
        if not engine.unchanged(each)
        and _inputs(each.name, outputs) != {one.name: json.loads(json.dumps(one.inputs)) for one in each.resources}
    ]
