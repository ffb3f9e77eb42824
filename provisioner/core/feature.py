"""The contract between a room and the pipeline.

A `Feature` is what a room offers; a `Scope` is what a room may know of the rest of its tenant and of the platform.
Rooms never import each other: what one must know of another stands in the scope, put there by the resolve step.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from .artifacts import Recipe
from .audio import Audio
from .capabilities import Capability
from .changes import Unordered, Wording
from .codes import Claim, Service
from .findings import Finding, Rule
from .flows import Flow, Right, Stretch, flow_of
from .holdings import Holding
from .permissions import CallPermission
from .probes import Probe
from .records import record
from .refs import DESTINATION_KINDS, Ref
from .source import Path
from .transcription import PLATFORMS_OWN, Transcriber
from .visits import Caller, Visit

if TYPE_CHECKING:
    from .trace import Around, Call, Move  # which know the scope

S = TypeVar("S")
"""The model of a room's section."""


@record
class Use:
    """A capability of the provider's catalogue that a tenant file makes use of."""

    capability: Capability
    path: Path
    user: str = ""
    """Whose plan must cover it; empty where it is the tenant's, to be covered by the base package or an add-on."""


@record
class RecordingOfUsers:
    """What the tenant file says of recorded users' calls as a whole."""

    told: bool = True
    """Whether the other party is told."""
    announcement: str = ""
    """The prompt that tells it; a sentence of the platform's where it is empty."""
    internal: bool = False
    """Whether calls among colleagues are recorded too."""


@record
class HandsetPlace:
    """A user's telephone that is a handset of a DECT base."""

    base: str
    number: int
    whose: str
    """In words: `anna's cordless`."""
    path: Path
    """Where the file says the number."""


RECORDED_AS_USUAL = RecordingOfUsers()


@dataclass(frozen=True, slots=True)
class Scope:
    """The facts of a tenant that every room may use. Nothing in it is allocated here: all of it was looked up."""

    slug: str
    name: str
    domain: str
    time_zone: str
    language: str
    country: str
    core: str = ""
    """The core node that serves the tenant."""
    today: date = date.min
    """The tenant's day of this run, for findings about periods that are over; nothing that is rendered hangs on it."""
    formerly: tuple[str, ...] = ()
    """What the tenant was called before, the latest name first."""
    main_number: str = ""
    outlets: frozenset[str] = frozenset({"mail", "sms"})
    """How the provider can send notices."""
    transcriber: Transcriber = PLATFORMS_OWN
    """What writes down the messages in mailboxes."""
    macs: Mapping[str, Path] = field(default_factory=dict)
    """hardware address of a telephone → where the file says it."""
    handsets: tuple[HandsetPlace, ...] = ()
    """Users' telephones that are handsets of DECT bases, in the order of the file."""
    addresses: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """user → her mail address and the mobile number that gets text messages; empty where she has none."""
    direct_numbers: Mapping[str, str] = field(default_factory=dict)
    """user name → the public number that leads to that user first."""
    mobile_numbers: Mapping[str, str] = field(default_factory=dict)
    """user name → the mobile number that leads to that user first."""
    tenant_numbers: frozenset[str] = frozenset()
    screens_callers: bool = False
    """Whether some number does not take every caller."""
    first_site: str = ""
    """The site of users who name none."""
    outside_prefix: str = ""
    """What is dialled before an outside number, or nothing."""
    recording: RecordingOfUsers = RECORDED_AS_USUAL
    uses: tuple[Use, ...] = ()
    """Every use of a capability, in the order of the features."""
    attendant_numbers: Mapping[str, Path] = field(default_factory=dict)
    """number that stands for the tenant at the external attendants' company → where the file says it."""
    silent_activities: frozenset[str] = frozenset()
    """Activities in which telephones do not ring."""
    plans: Mapping[str, str] = field(default_factory=dict)
    """user → the plan that she is on."""
    user_names: Mapping[str, str] = field(default_factory=dict)
    """user → her name, in the order of the file."""
    mobile_devices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """user → the numbers of her mobile telephones."""
    at_edge: Mapping[str, str] = field(default_factory=dict)
    """user → the name under which her telephones register, where it is another than hers."""
    telephones: frozenset[str] = frozenset()
    """Users who have a telephone that registers."""
    user_sites: Mapping[str, str] = field(default_factory=dict)
    """user → the site that she sits at."""
    pin_users: frozenset[str] = frozenset()
    """Users who prove by a PIN who they are."""
    desk_users: frozenset[str] = frozenset()
    """Users who log in at shared telephones."""
    chat_accounts: frozenset[str] = frozenset()
    """As whom users and guests log in to chat."""
    carries_chat: bool = True
    """Whether the provider's platform carries chat."""
    chat_quota: int | None = None
    """Gigabytes of files in chat for users whose plan says nothing of it; None where the platform keeps no files."""
    chat_grace: int = 30
    """Days after which the account in chat of somebody goes whom the file does not name any more."""
    carries_video: bool = True
    """Whether the provider's platform carries video rooms."""
    contact_book: bool = False
    """Whether the tenant has a contact book for telephones that ask by LDAP."""
    contact_numbers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """contact → its public numbers."""
    listed: Mapping[str, str] = field(default_factory=dict)
    """user whom callers may ask for by name → the name, in the order of the file."""
    languages: frozenset[str] = frozenset()
    """What callers and users hear: the languages of numbers and users that say one."""
    permissions: Mapping[str, CallPermission] = field(default_factory=dict)
    """user → whom she may call."""
    plan_permissions: Mapping[str, CallPermission] = field(default_factory=dict)
    """plan that says so → whom its users may call at most."""
    extensions: Mapping[str, Ref] = field(default_factory=dict)
    """extension → what it reaches."""
    extension_sources: Mapping[str, Path] = field(default_factory=dict)
    """extension → where the tenant file claims it."""
    services: tuple[Service, ...] = ()
    """Everything that users of any tenant may do by a phone code."""
    codes: Mapping[str, str] = field(default_factory=dict)
    """service → the phone code that the tenant chose for it."""
    names: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """kind → the names that the tenant defines."""
    sounds: Mapping[str, Mapping[str, Recipe]] = field(default_factory=dict)
    """prompt name → language → what is heard; the language is empty for a sound that serves all of them."""
    voices: Mapping[str, str] = field(default_factory=dict)
    """language → the file of the voice that the provider chose for it."""
    lost_voices: frozenset[str] = frozenset()
    """Languages whose voice is not where the provider's file says."""
    audio: Mapping[str, Audio] = field(default_factory=dict)
    """audio file that a prompt names → what it is; a file that is not there is absent."""
    calendars: Mapping[str, bytes] = field(default_factory=dict)
    """calendar file that a schedule names → its content; a file that is not there is absent."""
    references: tuple[tuple[Path, Ref], ...] = ()
    """Every reference of the tenant, with the place where it stands."""
    whole: bool = True
    """Whether every entry of the file is in it; what only seems unused because its user was set aside is no finding."""
    call_log_days: int = 90
    """How long the tenant's calls are kept in the log of its users."""
    limits_calls: bool = False
    """Whether something is asked before a call goes out to the public network."""
    counts_lines: bool = False
    """Whether such a call may find no line free."""
    call_rates: Mapping[str, tuple[Decimal, Decimal]] = field(default_factory=dict)
    """class of a call that costs anything → the price of its start and of a minute."""
    currency: str = ""
    """Of all prices, ISO 4217."""
    catalogue: Any = None
    """The provider's plan catalogue, as the plans room models it."""

    def plan_covers(self, user: str, capability: Capability) -> bool:
        """Whether a user's plan covers something; so it does what the base covers, and what nobody sells."""
        return self.catalogue is None or self.catalogue.covers(self.plans.get(user, ""), capability)

    def code(self, service: str) -> str:
        """The phone code of a service: the tenant's choice, else the usual one."""
        return self.codes.get(service) or next(each.default for each in self.services if each.name == service)


@dataclass(frozen=True, slots=True)
class Claims:
    """What a tenant claims of the things that all tenants share; small, because it crosses processes."""

    domain: str
    """Empty where the file does not say a valid one."""
    numbers: frozenset[str] = frozenset()
    """Keys of the section `numbers`."""
    today: date = date.min
    """The tenant's day of this run."""
    macs: Mapping[str, Path] = field(default_factory=dict)
    """hardware address of a telephone → where the file says it."""
    attendant_numbers: Mapping[str, Path] = field(default_factory=dict)
    """number that stands for the tenant at the external attendants' company → where the file says it."""
    formerly: frozenset[str] = frozenset()
    """What the tenant was called before."""


class Files(Protocol):
    """What may be known of the other files in the provider's folder."""

    def sha256(self, file: str) -> str | None:
        """The digest of a file below the folder, or None where there is none."""

    def content(self, file: str, most: int) -> bytes | None:
        """The first bytes of a file below the folder, `most` at most, or None where there is none."""


class Way(Enum):
    """What a reference means to a call."""

    GOES = "goes"
    """The call goes on there by itself."""
    CHOSEN = "chosen"
    """The call goes on there when the caller asks for it, for example by a key."""
    USES = "uses"
    """No call goes on there: a member that rings, a prompt that is played."""


@dataclass(frozen=True, kw_only=True)
class Feature(Generic[S]):
    """One section of the tenant file and everything that follows from it."""

    section: str
    """The key in the tenant file."""
    nouns: tuple[str, str] | None = None
    """What one entry and several entries are called; None where the section holds settings."""
    kind: str = ""
    """The kind of destination or reference that the section's keys define, if any."""
    rules: tuple[Rule, ...] = ()
    """Every rule that `check` can yield; `pbx explain` lists them."""
    check: Callable[[S, Scope], Iterable[Finding]] | None = None
    """Findings of this section alone; paths begin with the section's key."""
    defines: Callable[[S], Iterable[Ref]] | None = None
    """The names it defines, where the section's keys with `kind` do not say it all."""
    defines_too: tuple[str, ...] = ()
    """Kinds whose names its entries define beside `kind`, each under its own name: a user's mailbox."""
    extensions: Callable[[S], Iterable[tuple[str, Ref, Path]]] | None = None
    """The extensions that it claims: number, what it reaches, where that is said."""
    services: tuple[Service, ...] = ()
    """What users may do by a phone code, whatever a tenant's file says; `Scope.code` tells the code in force."""
    codes: Callable[[S, Scope], Iterable[Claim]] | None = None
    """The phone codes that it claims."""
    way: Callable[[Path], Way] | None = None
    """What a reference at a path, relative to the entry, means to a call, where `way_of` does not say it already."""
    contribute: Callable[[S, Scope, Files], Scope] | None = None
    """What other rooms may know of this one: the scope with its own facts added."""
    lower: Mapping[str, Callable[[S, Scope], Iterable[Any]]] = field(default_factory=dict)
    """product → the room's objects in that product's terms."""
    told: bool = True
    """Whether changes of the section are told one by one; of names that changed a plan tells what follows."""
    wordings: tuple[Wording, ...] = ()
    """What changes of the section mean for callers and users; the first that fits a change is used."""
    holds: Callable[[Any], Iterable[tuple[Holding, str]]] | None = None
    """What of the section, as written, would be missed, by class and name; the brakes of an apply count it."""
    spelled: Callable[[Any], Any] | None = None
    """The section as written, with one spelling for what can be spelled in several ways; for comparing two of them."""
    same: tuple[str, ...] = ()
    """Fields of which one must be equal for an entry under another name to be the same thing, renamed."""
    keyed: Mapping[tuple[str, ...], str] = field(default_factory=dict)
    """Mappings of the section whose keys are names, `*` for any one step → the kind that they are of."""
    unordered: tuple[Unordered, ...] = ()
    """Lists of the section whose order means nothing to anybody."""
    flows: tuple[Flow, ...] = ()
    """What references of its entries mean to a caller; one that none of them fits moves no call."""
    implied: Callable[[S, Scope], Iterable[tuple[Path, Ref]]] | None = None
    """Where calls go on though no reference says so, with the place that it follows from."""
    by_day: Callable[[S, Ref, Scope, Sequence[date]], Sequence[tuple[Stretch, ...]] | None] | None = None
    """Where calls go on from a node of this room in the course of each of the days, where the clock or the date
    decides; None where the reference is not one of its nodes."""
    rights: Callable[[S, Scope], Iterable[Right]] | None = None
    """What users may do and others may not."""
    visit: Callable[[S, Ref, Scope, Caller], Visit | None] | None = None
    """What a caller meets at a node of this room; None where the reference is not one of its nodes."""
    trace: Callable[[S, Ref, Scope, Call, Around], Move | None] | None = None
    """What a call does at a node of this room; None where the reference is not one of its nodes."""
    probes: Callable[[S, Scope], Iterable[Probe]] | None = None
    """Test calls that prove the section without coming in by a public number."""


_DESTINATIONS = frozenset(DESTINATION_KINDS)


def way_of(feature: Feature[Any], path: Path, kind: str) -> Way:
    """What a reference to something of the kind means to a call; `path` is relative to the entry, whose name may be any
    word. `members` of anything only ring or listen."""
    if kind not in _DESTINATIONS or "members" in path or (feature.flows and not flow_of(feature.flows, path)):
        return Way.USES
    return feature.way(path) if feature.way else Way.GOES
