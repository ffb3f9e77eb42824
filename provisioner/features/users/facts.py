"""What other rooms may know of the tenant's users."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from provisioner.core.capabilities import Capability
from provisioner.core.codes import Claim
from provisioner.core.feature import Files, HandsetPlace, Scope, Use, Way
from provisioner.core.flows import INSIDE, OUTSIDE
from provisioner.core.holdings import Holding, entries
from provisioner.core.permissions import CallPermission
from provisioner.core.refs import Ref
from provisioner.core.source import Path

from . import engaged, mobile, off
from .model import Recorded, Rules, User

_PERMITS = {
    CallPermission.INTERNATIONAL: (Capability.INTERNATIONAL,),
    CallPermission.PREMIUM: (Capability.INTERNATIONAL, Capability.PREMIUM),
}


def contribute(users: dict[str, User], scope: Scope, _: Files) -> Scope:
    uses = tuple(use for name, user in users.items() for use in _uses(name, user, scope))
    plans = {name: user.plan for name, user in users.items()}
    permissions = {name: permission(user, scope) for name, user in users.items()}
    listed = {name: user.name for name, user in users.items() if user.listed}
    macs = {
        what.mac: ("users", name, "devices", device, "mac")
        for name, user in users.items()
        for device, what in user.devices.items()
        if what.mac
    }
    addresses = {name: (user.email or "", user.mobile or "") for name, user in users.items()}
    return replace(
        scope,
        uses=scope.uses + uses,
        plans=plans,
        mobile_devices={name: user.mobiles for name, user in users.items() if user.mobiles},
        at_edge={name: user.account for name, user in users.items() if user.account},
        telephones=frozenset(name for name, user in users.items() if user.telephones),
        user_sites={name: user.site.name for name, user in users.items() if user.site},
        user_names={name: user.name for name, user in users.items()},
        listed=listed,
        addresses=addresses,
        macs=macs,
        handsets=tuple(_handsets(users)),
        permissions=permissions,
        languages=scope.languages | {user.language for user in users.values() if user.language},
    )


def _handsets(users: dict[str, User]) -> Iterator[HandsetPlace]:
    for name, user in users.items():
        for device, what in user.devices.items():
            if what.base and what.handset:
                path = ("users", name, "devices", device, "handset")
                yield HandsetPlace(what.base.name, what.handset, f"{name}'s {device}", path)


def permission(user: User, scope: Scope) -> CallPermission:
    """Whom she may call: what the file says, else her plan."""
    return user.call_permission or scope.plan_permissions.get(user.plan, CallPermission.MOBILE)


def _uses(name: str, user: User, scope: Scope) -> Iterator[Use]:
    path = ("users", name)
    for device, what in user.devices.items():
        yield Use(Capability(what.kind.value), (*path, "devices", device, "kind"), name)
    if user.voicemail:
        yield Use(Capability.VOICEMAIL, (*path, "voicemail"), name)
        if user.voicemail.transcribe:
            yield Use(Capability.TRANSCRIPTION, (*path, "voicemail", "transcribe"), name)
    own = Ref("voicemail", name)
    said = user.forwarding
    for where, rules in (((), said), ((INSIDE,), said.inside), ((OUTSIDE,), said.outside)):
        for way in Rules.model_fields if rules else ():
            ref = getattr(rules, way)
            if ref and ref.kind != "hangup" and ref != own:
                yield Use(Capability.FORWARDING, (*path, "forwarding", *where, way), name)
    for activity in user.activities:
        yield Use(Capability.ACTIVITY_RULES, (*path, "activities", activity), name)
    for lists in ("vip", "blocked"):
        if getattr(user, lists):
            yield Use(Capability.CALLER_LISTS, (*path, lists), name)
    if user.waiting:
        yield Use(Capability.PERSONAL_QUEUE, (*path, "waiting"), name)
    if user.recording is not Recorded.NEVER:
        yield Use(Capability.RECORDING, (*path, "recording"), name)
    # What a plan says that its users may do needs nothing else to cover it.
    if user.call_permission and user.plan not in scope.plan_permissions:
        for capability in _PERMITS.get(user.call_permission, ()):
            yield Use(capability, (*path, "call_permission"), name)


def codes(users: dict[str, User], scope: Scope) -> Iterator[Claim]:
    """Whoever has a mailbox listens by one code, the same for all."""
    if any(user.voicemail for user in users.values()):
        yield Claim(scope.code("voicemail"), "hears the messages in the own mailbox", ("users",), "voicemail")
        yield Claim(scope.code(off.SERVICE.name), off.SERVICE.title, ("users",), off.SERVICE.name)
    if engaged.any_say(users):
        yield Claim(scope.code(engaged.SERVICE.name), engaged.SERVICE.title, ("users",), engaged.SERVICE.name)
    if any(user.mobiles for user in users.values()):
        code = scope.code(mobile.SERVICE.name)
        yield Claim(code, mobile.SERVICE.title, ("users",), mobile.SERVICE.name, tails=tuple(mobile.CHOICES))


def way(path: Path) -> Way:
    """A key of a telephone calls when somebody presses it, and lists name people: no call goes on there."""
    if "voicemail" in path and "keys" in path:
        return Way.CHOSEN
    return Way.USES if {"keys", "vip", "favourites"} & set(path) else Way.GOES


def pin_secret(slug: str, user: str) -> str:
    """The handle of her PIN; the deployment makes six digits where there are none."""
    return f"{slug}/pin/user-{user}"


def holds(section: Any) -> Iterator[tuple[Holding, str]]:
    """Users, those with a mailbox, and those whose calls are recorded; of the section as written."""
    for name, entry in entries(section).items():
        yield Holding.USERS, name
        if entry.get("voicemail") is not None:
            yield Holding.MAILBOXES, name
        if entry.get("recording", Recorded.NEVER) != Recorded.NEVER:
            yield Holding.RECORDINGS, f"user {name}"
