"""Our custom resources under a component, each after those that it names.

They are made here directly and not through subclasses: what a resource needs to know is `REQUIRED` of the provider.
"""

from __future__ import annotations

from collections.abc import Iterable

import pulumi

from provisioner.core.deployment import Resource


def make(parent: pulumi.Resource, wanted: Iterable[Resource]) -> dict[str, pulumi.CustomResource]:
    """name → the resource; an `after` that names none is a `KeyError`, because the caller made the list."""
    made: dict[str, pulumi.CustomResource] = {}
    for each in wanted:
        options = pulumi.ResourceOptions(parent=parent, depends_on=[made[name] for name in each.after])
        made[each.name] = pulumi.CustomResource(f"pbx:index:{each.kind}", each.name, dict(each.inputs), options)
    return made
