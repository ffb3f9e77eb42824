"""What a tenant file says of a user."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from pydantic import Field

from provisioner.core.flows import INSIDE, OUTSIDE
from provisioner.core.model import E164, Email, Extension, Key, Language, Model, Name, Seconds, Text
from provisioner.core.permissions import CallPermission
from provisioner.core.refs import REFERS, Destination, NameOf, PromptName, Ref
from provisioner.core.source import Path

from .devices import CallerId, Device, DeviceKind
from .lists import Caller, Favourite, Stranger


class Recorded(StrEnum):
    """Which of a user's calls are recorded."""

    ALWAYS = "always"
    """All with people outside, and with colleagues where `recording` of the tenant says so."""
    ON_DEMAND = "on-demand"
    """What she starts by *1 during a call, pauses by *2, goes on with by *1 and stops by *3."""
    NEVER = "never"
    """None, whatever she presses."""


class Incoming(StrEnum):
    """What a user's telephones show of whoever calls."""

    NAME = "name"
    """The name, where the platform knows one; the number beside it or instead of it, as the telephone likes."""
    NUMBER = "number"
    """The number alone."""


class Rules(Model):
    """Where calls go that the user does not take."""

    always: Destination | None = None
    """At once, without ringing."""
    busy: Destination | None = None
    """When her telephones are busy; like `no_answer` where it is not given."""
    no_answer: Destination | None = None
    """After `ring_time`; her mailbox where it is not given and she has one, else the call is ended."""
    unreachable: Destination | None = None
    """When no telephone of hers is there; like `no_answer` where it is not given."""


class Forwarding(Rules):
    """Where calls go that the user does not take, and where those of colleagues or from outside go instead."""

    inside: Rules | None = None
    """What differs for calls of colleagues; a rule that is not given is as for all."""
    outside: Rules | None = None
    """What differs for calls from outside; a rule that is not given is as for all."""

    def rule(self, name: str, *, inside: bool) -> tuple[Path, Ref | None]:
        """What a rule such as `busy` says for calls of colleagues or from outside, and where below `forwarding`."""
        side = INSIDE if inside else OUTSIDE
        own = getattr(self, side)
        if own and (ref := getattr(own, name)):
            return (side, name), ref
        return (name,), getattr(self, name)

    @property
    def split(self) -> bool:
        """Whether calls of colleagues and those from outside go different ways."""
        return bool(self.inside or self.outside)

    def to_all(self, name: str) -> bool:
        """Whether a rule is given for every call."""
        return all(self.rule(name, inside=inside)[1] for inside in (True, False))


class Mailbox(Model):
    """A personal mailbox, `voicemail:<user>`. She listens by dialling *98. A greeting that she records wins."""

    greeting: NameOf("prompt") | None = None  # type: ignore[valid-type]
    """What callers hear until she records a greeting."""
    email_notice: bool = False
    """Whether a mail tells her who called and when."""
    sms_notice: bool = False
    """Whether a text message tells her so."""
    audio: bool = False
    """Whether the mail carries the message. A message may be about anybody's health or money."""
    max_length: Seconds = Field(default=180, ge=10, le=900)
    """The longest message."""
    transcribe: Language | None = None
    """The language that callers speak, where messages are written down too, by a machine and with mistakes: for mails
    that tell of them, and for programs that list them. They are not where it is not given."""
    retention: int | None = Field(default=None, ge=1, le=3650)
    """After how many days a message is deleted, heard or not; kept until somebody deletes it where it is not given."""
    keys: dict[Key, Destination] = Field(default_factory=dict)
    """Where callers go on who press a key while they hear the greeting, her own too: `"0": user:bo`."""


class PersonalQueue(Model):
    """Callers who find her on a call hear music and their place, and wait until she is free."""

    max_waiting: int = Field(default=3, ge=1, le=20)
    """How many may wait; whoever calls then goes on as `busy` says."""
    timeout: Seconds = Field(default=120, ge=10, le=3600)
    """How long they wait at most; then they go on as `busy` says."""
    music: list[PromptName] = Field(default_factory=list)
    """Played in turn meanwhile; the platform's tone where it is not given."""


class OwnActivity(Model):
    """Her own rule for one of the tenant's activities; what is not given is as the tenant says."""

    destination: Destination | None = None
    """Where her calls go while she is in it."""
    prompt: PromptName | None = None
    """What her callers hear instead; a message that she records by phone wins."""
    rings: bool = False
    """Whether her telephones ring all the same."""


class User(Model):
    """Somebody, or some place, with an extension."""

    name: Text
    """What colleagues see when this user calls."""
    extension: Extension
    plan: Name = Field(json_schema_extra={REFERS: "plan"})
    """One of the provider's catalogue."""
    site: NameOf("site") | None = None  # type: ignore[valid-type]
    """Where emergency calls come from; may be left out where the tenant has one site."""
    email: Email | None = None
    mobile: E164 | None = None
    """Where text messages for her go."""
    listed: bool = True
    """Whether callers may ask for her by name, by voice or by the keys' letters; her extension works either way."""
    language: Language | None = None
    """What she hears from the platform; the tenant's language where it is not given."""
    caller_id: CallerId = "main"
    """What people outside see when she calls."""
    incoming: Incoming = Incoming.NAME
    """What her telephones show of whoever calls."""
    call_permission: CallPermission | None = None
    """Whom she may call; where it is not given as her plan says, and `mobile` where that says nothing."""
    recording: Recorded = Recorded.NEVER
    """Which of her calls are recorded, beside those of numbers and queues that are."""
    account: Name | None = None
    """What stands before the device in her telephones' logins, `<account>-<device>`, where it is not her own name:
    `pbx mv` writes it, so that they go on as they are."""
    devices: dict[Name, Device] = Field(default_factory=dict)
    ring_time: Seconds = Field(default=20, ge=5, le=300)
    """How long her telephones ring before `no_answer`."""
    call_waiting: bool | None = Field(default=None, json_schema_extra={"x-owner": "users"})
    """Whether a second call rings while she is on one; `no` lets it find her busy. Only the beginning: by `*43` she
    changes it, where the file says this of some user. Where it says nothing, telephones ring as they like."""
    waiting: PersonalQueue | None = None
    """Callers who find her on a call wait for her; `{}` as usual, and they find her busy where it is not given."""
    forwarding: Forwarding = Forwarding()
    activities: dict[Name, OwnActivity] = Field(default_factory=dict)
    """Her own rules for activities, by the activity's name."""
    vip: list[Caller] = Field(default_factory=list, max_length=200)
    """Whose calls ring through a closed activity: numbers, colleagues or contacts."""
    blocked: list[Stranger] = Field(default_factory=list, max_length=200)
    """Whose calls do not reach her, numbers or contacts: they hear that their call is not taken."""
    favourites: list[Favourite] = Field(default_factory=list, max_length=200)
    """Colleagues and contacts who come first in her contact book; their calls are as all others."""
    voicemail: Mailbox | None = None
    """Her mailbox; `{}` for one as usual, none where it is not given."""

    @cached_property
    def telephones(self) -> dict[str, Device]:
        """Those of her devices that register at the edge."""
        return {name: each for name, each in self.devices.items() if each.kind is not DeviceKind.MOBILE}

    @property
    def mobile_devices(self) -> dict[str, Device]:
        """Her mobile telephones that ring along."""
        return {name: each for name, each in self.devices.items() if each.kind is DeviceKind.MOBILE and each.number}

    @cached_property
    def mobiles(self) -> tuple[str, ...]:
        """The numbers of her mobile telephones that ring along."""
        kind = DeviceKind.MOBILE
        return tuple(str(each.number) for each in self.devices.values() if each.kind is kind and each.number)


def account(name: str, user: User, device: str) -> str:
    """The login of a telephone, unique in the tenant's domain."""
    return f"{user.account or name}-{device}"


def password(slug: str, account: str) -> str:
    """The handle of its password."""
    return f"devices/{slug}/{account}"


def link(slug: str, account: str) -> str:
    """The handle of the secret part of its settings' address."""
    return f"links/{slug}/{account}"


@dataclass(frozen=True, slots=True)
class Ways:
    """Where the user's calls go on, defaults filled in."""

    always: Ref | None
    busy: Ref
    no_answer: Ref
    unreachable: Ref


def ways(name: str, user: User, *, inside: bool) -> Ways:
    """`inside` is a colleague's call, otherwise one from outside."""

    def said(rule: str) -> Ref | None:
        return user.forwarding.rule(rule, inside=inside)[1]

    kept = said("no_answer") or (Ref("voicemail", name) if user.voicemail else None)
    return Ways(
        said("always"),
        busy=said("busy") or kept or Ref("hangup", "busy"),
        no_answer=kept or Ref("hangup", "unavailable"),
        unreachable=said("unreachable") or kept or Ref("hangup", "unavailable"),
    )
