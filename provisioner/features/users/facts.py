"""What other rooms may know of the tenant's users."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from provisioner.core.capabilities import Capability
from provisioner.core.feature import Files, Scope, Use
from provisioner.core.refs import Ref

from .model import CallPermission, User

_PERMITS = {
    CallPermission.INTERNATIONAL: (Capability.INTERNATIONAL,),
    CallPermission.PREMIUM: (Capability.INTERNATIONAL, Capability.PREMIUM),
}


def contribute(users: dict[str, User], scope: Scope, _: Files) -> Scope:
    uses = tuple(use for name, user in users.items() for use in _uses(name, user))
    plans = {name: user.plan for name, user in users.items()}
    return replace(scope, uses=scope.uses + uses, plans=plans)


def _uses(name: str, user: User) -> Iterator[Use]:
    path = ("users", name)
    for device, what in user.devices.items():
        yield Use(Capability(what.kind.value), (*path, "devices", device, "kind"), name)
    if user.voicemail:
        yield Use(Capability.VOICEMAIL, (*path, "voicemail"), name)
    own = Ref("voicemail", name)
    for way, ref in user.forwarding.__dict__.items():
        if ref and ref.kind != "hangup" and ref != own:
            yield Use(Capability.FORWARDING, (*path, "forwarding", way), name)
    for capability in _PERMITS.get(user.call_permission, ()):
        yield Use(capability, (*path, "call_permission"), name)
