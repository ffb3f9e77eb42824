"""The tenant document on one page: one field for each feature, in the order that the compiler works.

A feature is added here with two lines: its field in `Tenant` and its place in `FEATURES`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal, TypeVar

from pydantic import Field

from provisioner.core.codes import Claim, Code
from provisioner.core.feature import Feature, Scope
from provisioner.core.model import E164, Country, Language, Model, Name, Text, TimeZone
from provisioner.features import (
    activities,
    announcements,
    calendars,
    call_backs,
    call_log,
    chat,
    codes,
    conferences,
    contacts,
    dect_bases,
    directories,
    disa,
    external_attendants,
    fax,
    hot_desks,
    ivr,
    limits,
    moved,
    numbers,
    outbound,
    parking,
    pickup_groups,
    plans,
    prompts,
    queues,
    recording,
    ring_groups,
    schedules,
    sites,
    users,
    video,
    voice_attendants,
    voicemail,
)
from provisioner.features.activities.model import Activity
from provisioner.features.announcements.model import Announcement
from provisioner.features.calendars.model import Calendars
from provisioner.features.call_backs.model import CallBack
from provisioner.features.call_log.model import CallLog
from provisioner.features.chat.model import Chat
from provisioner.features.conferences.model import Conference
from provisioner.features.contacts.model import Contact
from provisioner.features.dect_bases.model import DectBase
from provisioner.features.directories.model import Directory
from provisioner.features.disa.model import Disa
from provisioner.features.external_attendants.model import ExternalAttendant
from provisioner.features.fax.model import FaxMailbox
from provisioner.features.hot_desks.model import HotDesks
from provisioner.features.ivr.model import Ivr
from provisioner.features.limits.model import Limits
from provisioner.features.moved.model import Move
from provisioner.features.numbers.model import Number
from provisioner.features.outbound.model import Outbound
from provisioner.features.parking.model import Parking
from provisioner.features.pickup_groups.model import PickupGroup
from provisioner.features.plans.model import AddOn
from provisioner.features.prompts.model import Prompt
from provisioner.features.queues.model import Queue
from provisioner.features.recording.model import Recording
from provisioner.features.ring_groups.model import RingGroup
from provisioner.features.schedules.model import Schedule
from provisioner.features.sites.model import Site
from provisioner.features.users.model import User
from provisioner.features.video.model import Video
from provisioner.features.voice_attendants.model import VoiceAttendant
from provisioner.features.voicemail.model import SharedMailbox

T = TypeVar("T")
Section = dict[Name, T]
"""A section of named things."""


class Header(Model):
    """What a tenant is, before anything that it has."""

    version: Literal["1"]
    """The version of the tenant language. Always the first line."""
    name: Text
    """What people call the tenant."""
    domain: str = Field(pattern=r"^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$", max_length=200)
    """The SIP domain of the tenant's users; unique over the platform."""
    time_zone: TimeZone
    """An IANA time zone; schedules follow it."""
    language: Language
    """The language that callers hear where nothing else is said."""
    country: Country
    """ISO 3166-1 country: emergency numbers, national dialling, holidays."""


class Tenant(Header):
    """One customer of the provider."""

    sites: Section[Site] = Field(default_factory=dict)
    numbers: dict[E164, Number] = Field(default_factory=dict)
    users: Section[User] = Field(default_factory=dict)
    dect_bases: Section[DectBase] = Field(default_factory=dict)
    contacts: Section[Contact] | None = None
    """People outside whom all users know, in a book that telephones read too; `{}` for one of colleagues alone."""
    chat: Chat | None = None
    """Chat among users; none where it is not given."""
    video: Video | None = None
    """Video rooms of users, who ask in people from outside; none where it is not given."""
    activities: Section[Activity] | None = None
    """What users may be doing; `{}` for the twelve usual activities, none where it is not given."""
    calendars: Calendars | None = None
    """Calendars that set users' activities; none where it is not given."""
    prompts: Section[Prompt] = Field(default_factory=dict)
    announcements: Section[Announcement] = Field(default_factory=dict)
    schedules: Section[Schedule] = Field(default_factory=dict)
    ivr: Section[Ivr] = Field(default_factory=dict)
    directories: Section[Directory] = Field(default_factory=dict)
    call_backs: Section[CallBack] = Field(default_factory=dict)
    voice_attendants: Section[VoiceAttendant] = Field(default_factory=dict)
    disa: Section[Disa] = Field(default_factory=dict)
    external_attendants: Section[ExternalAttendant] = Field(default_factory=dict)
    ring_groups: Section[RingGroup] = Field(default_factory=dict)
    queues: Section[Queue] = Field(default_factory=dict)
    conferences: Section[Conference] = Field(default_factory=dict)
    pickup_groups: Section[PickupGroup] = Field(default_factory=dict)
    parking: Parking | None = None
    """Slots at which callers wait until somebody takes them; none where it is not given."""
    hot_desks: HotDesks | None = None
    """Telephones that users share, each hers while she is logged in there; none where it is not given."""
    voicemail: Section[SharedMailbox] = Field(default_factory=dict)
    fax: Section[FaxMailbox] = Field(default_factory=dict)
    recording: Recording | None = None
    """What holds for recorded calls: who is told, who may listen, how long they are kept."""
    call_log: CallLog | None = None
    """How long users see their calls; as long as the provider says where it is not given."""
    outbound: Outbound = Outbound()
    limits: Limits = Limits()
    """How many calls there may be with the public network, and what they may cost; no limits where it is not given."""
    codes: dict[Name, Code] = Field(default_factory=dict)
    """Phone codes of the tenant's own choice, by service; the others keep the usual ones (`pbx codes` lists them)."""
    add_ons: Section[AddOn] = Field(default_factory=dict)
    """What the tenant has bought beside the base package and its users' plans."""
    moved: list[Move] = Field(default_factory=list, max_length=500)
    """What has another name now, in the order in which it got it: `pbx mv` writes it, and apply carries over what users
    live with. Moves that are applied everywhere may be removed."""


FEATURES: tuple[Feature[Any], ...] = (
    sites.FEATURE,
    numbers.FEATURE,
    users.FEATURE,
    dect_bases.FEATURE,
    contacts.FEATURE,
    chat.FEATURE,
    video.FEATURE,
    activities.FEATURE,
    calendars.FEATURE,
    prompts.FEATURE,
    announcements.FEATURE,
    schedules.FEATURE,
    ivr.FEATURE,
    directories.FEATURE,
    call_backs.FEATURE,
    voice_attendants.FEATURE,
    disa.FEATURE,
    external_attendants.FEATURE,
    ring_groups.FEATURE,
    queues.FEATURE,
    conferences.FEATURE,
    pickup_groups.FEATURE,
    parking.FEATURE,
    hot_desks.FEATURE,
    voicemail.FEATURE,
    fax.FEATURE,
    recording.FEATURE,
    call_log.FEATURE,
    outbound.FEATURE,
    limits.FEATURE,
    codes.FEATURE,
    plans.FEATURE,
    moved.FEATURE,
)
"""Every room. The order is that of the rendered files and of findings at the same place; nothing else hangs on it."""


def claimed_codes(tenant: Tenant, scope: Scope) -> Iterator[Claim]:
    """Every phone code that something of the tenant claims, in the order of the features."""
    for feature in FEATURES:
        if feature.codes:
            yield from feature.codes(getattr(tenant, feature.section), scope)
