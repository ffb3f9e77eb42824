"""Whom a command means that leads a telephone conference, and by which PIN people come in."""

from __future__ import annotations

from provisioner.core.errors import UsageError
from provisioner.core.feature import Scope
from provisioner.core.findings import nearest
from provisioner.core.ports.conferences import EVERY_MEMBER, Held, Participant
from provisioner.features.conferences.facts import pin_secret
from provisioner.features.conferences.model import Conference

from .validate import Specification

KIND = "conference:"
MEMBERS = "members"
"""What people write for all participants that do not lead."""


def find(specification: Specification, tenant: str, name: str) -> Conference:
    """The conference; raises UsageError with the nearest where the file has none of the name."""
    known = specification.tenants[tenant].conferences
    name = name.removeprefix(KIND)
    if name not in known:
        near = nearest(name, known)
        hint = f"did you mean {near}?" if near else f"it has: {', '.join(known) or 'none'}"
        raise UsageError(f"{tenant} has no conference {name!r}", hint)
    return known[name]


def handle_of(specification: Specification, tenant: str, name: str, *, leaders: bool) -> str:
    """The handle of a conference's PIN; raises UsageError where it asks for none."""
    name = name.removeprefix(KIND)
    if not find(specification, tenant, name).pin:
        raise UsageError(f"the conference {name} of {tenant} asks for no PIN", "take `pin: no` away, and apply")
    return pin_secret(tenant, name, leaders=leaders)


def called(scope: Scope, participant: Participant) -> str:
    """A participant as people know her: the user whose extension it is, else the number."""
    ref = scope.extensions.get(participant.number)
    return ref.name if ref and ref.kind == "user" else participant.number or "withheld"


def calls_of(held: Held, who: str, scope: Scope) -> tuple[str, ...]:
    """The calls that somebody is in a conference by; raises UsageError with who is there where it is none of them."""
    if who == MEMBERS:
        return (EVERY_MEMBER,)
    found = tuple(each.call for each in held.participants if who in (each.number, called(scope, each)))
    if not found:
        there = [called(scope, each) for each in held.participants]
        near = nearest(who, there)
        hint = f"did you mean {near}?" if near else f"there are: {', '.join(there)}; {MEMBERS} means all but leaders"
        raise UsageError(f"{who!r} is not in the conference {held.name}", hint)
    return found
