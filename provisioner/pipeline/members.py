"""Whom a command means that changes a member of a queue or ring group."""

from __future__ import annotations

from provisioner.core.errors import UsageError
from provisioner.core.findings import nearest
from provisioner.core.refs import Ref

from .validate import Specification


def find(specification: Specification, tenant: str, named: str, member: str, verb: str) -> Ref:
    """The queue or ring group; raises UsageError where it, or its member, is not in the file."""
    file = specification.tenants[tenant]
    kind, colon, name = named.partition(":")
    ref = Ref(kind, name) if colon else Ref("queue", named)
    members = {
        "queue": {key: tuple(each.name for each in queue.refs) for key, queue in file.queues.items()},
        "ring_group": {
            key: tuple(each.name for each in group.members if each.kind == "user")
            for key, group in file.ring_groups.items()
        },
    }
    of_kind = members.get(ref.kind, {})
    if ref.name not in of_kind:
        groups = (f"ring_group:{each}" for each in file.ring_groups)
        near = nearest(named, [*file.queues, *groups])
        hint = f"did you mean {near}?" if near else "write QUEUE or ring_group:NAME"
        raise UsageError(f"{tenant} has no {ref.kind.replace('_', ' ')} {ref.name!r}", hint)
    if member not in of_kind[ref.name]:
        near = nearest(member, of_kind[ref.name])
        listed = ", ".join(of_kind[ref.name])
        raise UsageError(f"{member!r} is no member of {ref}", f"did you mean {near}?" if near else f"it has {listed}")
    if ref.kind == "ring_group" and verb in ("pause", "resume"):
        raise UsageError("members of a ring group log in and out and do not pause", "write in or out")
    return ref
