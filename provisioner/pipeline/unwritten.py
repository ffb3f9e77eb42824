"""Unwritten: what changes for a tenant or the platform though no tenant file says so: secrets, and its core node."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from provisioner.core.deployment import BundleKeeper, Kind, Outputs, Stack

from . import rotation
from .describe import Sentence

Unwritten = Mapping[str, tuple[Sentence, ...]]
"""Name of a stack → what is said of it, danger first."""


def unwritten(stacks: Iterable[Stack], outputs: Outputs, bundles: BundleKeeper, between: str) -> Unwritten:
    """Of those stacks of which something is said; what stands after `between` in a name is the tenant."""
    stacks = list(stacks)
    rotated = rotation.rotated(stacks, outputs, bundles)
    found = {
        each.name: (
            *_moved(each, outputs),
            *rotation.sentences(rotated.get(each.name, ()), each.name.partition(between)[2]),
        )
        for each in stacks
    }
    return {name: told for name, told in found.items() if told}


def _moved(stack: Stack, outputs: Outputs) -> Iterator[Sentence]:
    """A tenant to another core node. What its users live with lies on the old one, and nothing brings it over."""
    for each in stack.resources:
        old = outputs(stack.name).get(each.name, {}).get("node") if each.kind is Kind.CORE_BUNDLE else None
        if old and old != (new := each.inputs["node"]):
            text = (
                f"moves from {old} to {new}: messages, greetings, recordings, the call log, PINs set by phone, log-ins "
                f"and bookings do not come along; they stay on the disk of {old}"
            )
            yield Sentence("-", "", text, dangerous=True)
