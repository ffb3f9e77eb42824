"""What other rooms may know of the tenant's ring groups: the phone codes of members."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.core.codes import Claim, for_another
from provisioner.core.feature import Scope

from .model import RingGroup


def codes(groups: dict[str, RingGroup], scope: Scope) -> Iterator[Claim]:
    """The code of queues and groups, the extension, and for another member a star and that member's extension."""
    own = {ref: extension for extension, ref in scope.extensions.items()}
    for name, group in groups.items():
        if group.extension:
            others = (for_another(group.extension, own[ref]) for ref in dict.fromkeys(group.members) if ref in own)
            title = f"logs in or out of the group {name}, or a member"
            where = ("ring_groups", name, "extension")
            yield Claim(scope.code("agent"), title, where, "agent", (group.extension, *others))
