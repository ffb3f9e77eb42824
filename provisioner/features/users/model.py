"""What a tenant file says of a user."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from provisioner.core.findings import nearest
from provisioner.core.model import Email, Extension, Language, Model, Name, Seconds, Text
from provisioner.core.refs import E164_PATTERN, Destination, NameOf, Ref


class DeviceKind(StrEnum):
    """What a user telephones with."""

    DESK = "desk"
    DECT = "dect"
    SOFTPHONE = "softphone"
    BROWSER = "browser"


class Device(Model):
    """One telephone. It registers by itself; all telephones of a user ring for her calls."""

    kind: DeviceKind


class CallPermission(StrEnum):
    """Whom a user may call, each with all those before it. Emergency calls always pass."""

    INTERNAL = "internal"
    """Colleagues and the tenant's own numbers."""
    NATIONAL = "national"
    """Fixed lines of the country, freephone and short numbers."""
    MOBILE = "mobile"
    """Mobile phones of the country."""
    INTERNATIONAL = "international"
    """All other countries."""
    PREMIUM = "premium"
    """Premium-rate numbers and satellite networks."""


class Forwarding(Model):
    """Where calls go that the user does not take."""

    always: Destination | None = None
    """At once, without ringing."""
    busy: Destination | None = None
    """When her telephones are busy; like `no_answer` where it is not given."""
    no_answer: Destination | None = None
    """After `ring_time`; her mailbox where it is not given and she has one, else the call is ended."""
    unreachable: Destination | None = None
    """When no telephone of hers is there; like `no_answer` where it is not given."""


class Mailbox(Model):
    """A personal mailbox, `voicemail:<user>`. She listens by dialling *98. A greeting that she records wins."""

    greeting: NameOf("prompt") | None = None  # type: ignore[valid-type]
    """What callers hear until she records a greeting."""
    email_notice: bool = False
    """Whether a mail tells her who called and when."""
    max_length: Seconds = Field(default=180, ge=10, le=900)
    """The longest message."""


SHOWN = ("direct", "main", "withheld")


def _caller_id(value: Any) -> Any:
    if isinstance(value, str) and (value in SHOWN or re.match(E164_PATTERN, value)):
        return value
    raise PydanticCustomError(
        "caller_id",
        "{found} is nothing to show",
        {
            "found": repr(value),
            "expected": "direct, main, withheld, or a number of the tenant such as +46850100100",
            "nearest": nearest(str(value), SHOWN),
        },
    )


CallerId = Annotated[
    str,
    BeforeValidator(_caller_id),
    WithJsonSchema({"anyOf": [{"enum": list(SHOWN)}, {"type": "string", "pattern": E164_PATTERN}]}),
]
"""What others see: `direct`, `main`, `withheld`, or one of the tenant's numbers."""


class User(Model):
    """Somebody, or some place, with an extension."""

    name: Text
    """What colleagues see when this user calls."""
    extension: Extension
    plan: Name
    """One of the provider's catalogue."""
    site: NameOf("site") | None = None  # type: ignore[valid-type]
    """Where emergency calls come from; may be left out where the tenant has one site."""
    email: Email | None = None
    language: Language | None = None
    """What she hears from the platform; the tenant's language where it is not given."""
    caller_id: CallerId = "main"
    """What people outside see when she calls."""
    call_permission: CallPermission = CallPermission.MOBILE
    devices: dict[Name, Device] = Field(default_factory=dict)
    ring_time: Seconds = Field(default=20, ge=5, le=300)
    """How long her telephones ring before `no_answer`."""
    forwarding: Forwarding = Forwarding()
    voicemail: Mailbox | None = None
    """Her mailbox; `{}` for one as usual, none where it is not given."""


@dataclass(frozen=True, slots=True)
class Ways:
    """Where the user's calls go on, defaults filled in."""

    always: Ref | None
    busy: Ref
    no_answer: Ref
    unreachable: Ref


def ways(name: str, user: User) -> Ways:
    said = user.forwarding
    kept = said.no_answer or (Ref("voicemail", name) if user.voicemail else None)
    return Ways(
        said.always,
        busy=said.busy or kept or Ref("hangup", "busy"),
        no_answer=kept or Ref("hangup", "unavailable"),
        unreachable=said.unreachable or kept or Ref("hangup", "unavailable"),
    )
