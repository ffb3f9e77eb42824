"""Our custom resources under a component, each after those that it names.

They are made here directly and not through subclasses: what a resource needs to know is `REQUIRED` of the provider.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pulumi

from provisioner.core.deployment import Resource


def make(parent: pulumi.Resource, wanted: Iterable[Resource]) -> dict[str, pulumi.CustomResource]:
    """name → the resource; an `after` that names none is a `KeyError`, because the caller made the list."""
    made: dict[str, pulumi.CustomResource] = {}
    for each in wanted:
        made[each.name] = custom(parent, each, [made[name] for name in each.after])
    return made


def custom(parent: pulumi.Resource, wanted: Resource, after: Sequence[pulumi.Resource]) -> pulumi.CustomResource:
    """One of our resources, after others."""
    options = pulumi.ResourceOptions(parent=parent, depends_on=list(after))
    return pulumi.CustomResource(f"pbx:index:{wanted.kind}", wanted.name, dict(wanted.inputs), options)
