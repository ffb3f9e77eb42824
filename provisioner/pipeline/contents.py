"""What stacks carry: the bundles that they name, and the secrets and sounds that these need."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from provisioner.core.deployment import BundleKeeper, Event, Kind, Plain, Progress, Resource, Stack
from provisioner.core.ports.sounds import SoundMaker


def handles(wanted: Iterable[Stack], bundles: BundleKeeper) -> list[str]:
    """Of the secrets that the stacks' bundles hold, sorted."""
    return _of_bundles(wanted, bundles, "secrets")


def make_sounds(stacks: Iterable[Stack], bundles: BundleKeeper, sounds: SoundMaker, progress: Progress) -> None:
    """Makes what the stacks will send, where it is not made yet."""
    digests = _of_bundles(stacks, bundles, "sounds")

    def tell(made: int, total: int) -> None:
        if made == total or made % 20 == 0:
            progress(Event(f"{made} of {total} sounds are there"))

    sounds.make((bundles.recipe(each) for each in digests), tell)


def digests(inputs: Mapping[str, Plain]) -> list[str]:
    """The bundles of a tenant's resource."""
    return [str(inputs[key]) for key in ("digest", "devices", "book") if key in inputs]


def secrets_of(resource: Resource, bundles: BundleKeeper) -> list[str]:
    """Handles of what a resource's bundles hold, sorted: those that its keyed digest is made of."""
    return sorted({each for digest in _of_resource(resource) for each in bundles.manifest(digest)["secrets"]})


def _of_bundles(stacks: Iterable[Stack], bundles: BundleKeeper, key: str) -> list[str]:
    return sorted({each for digest in _named(stacks) for each in bundles.manifest(digest)[key]})


def _named(stacks: Iterable[Stack]) -> list[str]:
    """Digests of the bundles that the stacks name."""
    return [digest for stack in stacks for each in stack.resources for digest in _of_resource(each)]


def _of_resource(resource: Resource) -> list[str]:
    if resource.kind is Kind.TENANT_FILE:
        return []
    return [str(resource.inputs["bundle"])] if resource.kind is Kind.PLATFORM_NODE else digests(resource.inputs)
