"""Rotation: which secrets have another value than at the last apply, by their handles and never by their values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from provisioner.core import secrets
from provisioner.core.deployment import BundleKeeper, Outputs, Plain, Resource, Stack
from provisioner.core.errors import PbxError

from . import contents
from .describe import Sentence

Rotated = Mapping[str, tuple[str, ...]]
"""Stack → handles, sorted."""

FEW = 5
"""Names in a sentence; the others are counted."""


def rotated(stacks: Iterable[Stack], outputs: Outputs, bundles: BundleKeeper) -> Rotated:
    """Of those stacks in which something is. A secret on one side alone is new or gone, and told with what needs it.

    What was applied by a version that kept another digest, or with bundles that are no longer on this machine, tells of
    no single secret.
    """
    found = {}
    for stack in stacks:
        known = outputs(stack.name)
        handles = {one for each in stack.resources for one in _of(each, known.get(each.name, {}), bundles)}
        if handles:
            found[stack.name] = tuple(sorted(handles))
    return found


def _of(resource: Resource, before: Mapping[str, Plain], bundles: BundleKeeper) -> set[str]:
    old, new = str(before.get("secrets", "")), str(resource.inputs.get("secrets", ""))
    if not old or not new or old == new:
        return set()
    try:
        then = contents.secrets_of(Resource(resource.kind, resource.name, before), bundles)
    except PbxError:
        return set()  # the old bundle is no longer kept
    now = contents.secrets_of(resource, bundles)
    both = sorted({*then} & {*now})
    return {*secrets.rotated(both, _only(both, then, old), _only(both, now, new))}


def _only(wanted: list[str], handles: list[str], digest: str) -> str:
    """The pieces of some handles of a digest over all of them."""
    if len(digest) != secrets.PIECE * len(handles):
        return ""
    return "".join(digest[(at := handles.index(each) * secrets.PIECE) : at + secrets.PIECE] for each in wanted)


def sentences(handles: Iterable[str], slug: str = "") -> tuple[Sentence, ...]:
    """What is said of them, where there are any. A tenant's are named without its slug."""
    names = ["/".join(part for part in each.split("/") if part != slug) for each in sorted(handles)]
    more = f" and {len(names) - FEW} more" if len(names) > FEW else ""
    return (Sentence("~", "", f"rotated: {', '.join(names[:FEW])}{more}"),) if names else ()
