"""The provider's file on one page: what all tenants share.

`provider.yaml` names the number blocks that tenants may use, the trunks to carriers, the catalogue of plans, the
environments that can be applied to, and which core node each tenant lives on. Not for anything of one tenant, nor for
secrets: a trunk's password is a handle.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from provisioner.core.holdings import Holding
from provisioner.core.model import E164, Country, Email, Language, Model, Name, Text
from provisioner.core.outlets import GIVEN_SECRET, MailRelay, Outlets, SmsGateway
from provisioner.core.periods import Day
from provisioner.core.storage import ChatFiles
from provisioner.core.transcription import PLATFORMS_OWN, Transcriber
from provisioner.environments import Environment, Host, Port
from provisioner.features.plans.model import Catalogue

AudioPath = Annotated[str, Field(min_length=1, max_length=200)]

Prefix = Annotated[str, Field(pattern=r"^\+[0-9]{0,15}$")]
"""The beginning of public numbers: `+46`; `+` begins all of them."""


class Block(Model):
    """Public numbers that the provider holds: a stretch, or all that begin alike."""

    from_: E164 | None = Field(default=None, alias="from")
    """The first number of the stretch."""
    to: E164 | None = None
    """The last number of the stretch, of as many digits as the first."""
    prefix: Prefix | None = None
    """The beginning that all numbers of the block share; instead of `from` and `to`."""
    tenants: list[Name] = Field(default_factory=list)
    """Who may use them; everybody where none is named."""

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        stretch = self.from_ is not None and self.to is not None
        if stretch == (self.prefix is not None) or (self.from_ is None) != (self.to is None):
            raise PydanticCustomError(
                "block",
                "{found} is no block of numbers",
                {"found": f"a block with {self._given()}", "expected": "from and to, or prefix", "nearest": ""},
            )
        return self

    def _given(self) -> str:
        keys = {"from": self.from_, "to": self.to, "prefix": self.prefix}
        return " and ".join(key for key, value in keys.items() if value is not None) or "nothing"

    def holds(self, number: str) -> bool:
        """Whether the number is one of the block."""
        if self.prefix is not None:
            return number.startswith(self.prefix)
        if self.from_ is None or self.to is None:
            return False
        return len(number) == len(self.from_) == len(self.to) and self.from_ <= number <= self.to

    def __str__(self) -> str:
        return f"{self.prefix}…" if self.prefix else f"{self.from_}–{self.to}"


class AttendantService(Model):
    """Another company, whose attendants answer for tenants that have bought it."""

    title: Text | None = None
    """What people call the company."""
    numbers: list[Block] = Field(min_length=1)
    """Its numbers that stand for tenants, each for one: by what was dialled the attendant knows for whom she answers.
    By which trunk calls go there is said by the trunks' `numbers`; a trunk of the company's own may take them all."""


class Resting(Model):
    """A number that a tenant has given up."""

    tenant: Name
    """Who had it, and may have it back at any time."""
    since: Day
    """The first day on which it was nobody's."""


class Trunk(Model):
    """A carrier's SIP peer."""

    title: Text | None = None
    """What people call it; the name where it is not given."""
    address: Host
    """Where the carrier takes calls."""
    port: Port = 5060
    """The port beside `address`."""
    transport: Literal["udp", "tcp"] = "udp"
    """How SIP travels to the carrier."""
    number_format: Literal["+e164", "e164", "00e164", "national"] = "+e164"
    """How the carrier writes numbers: +46850100100, 46850100100, 0046850100100 or 0850100100."""
    emergency: bool = False
    """Whether emergency calls may leave here."""
    numbers: list[Prefix] | None = None
    """Beginnings of the numbers that may leave here. All of them where it is not given; none for a trunk for emergency
    calls."""
    shows_callers: bool = False
    """Whether calls that are sent on tell in P-Asserted-Identity who called, where nobody withholds it: for systems
    that answer for tenants. A carrier refuses numbers that are not the tenant's."""
    order: int = Field(default=10, ge=0, le=999)
    """Of several trunks for a number the lowest is tried first."""
    sources: list[Host] = Field(default_factory=list)
    """Further addresses that the carrier calls from."""

    @property
    def carried(self) -> tuple[str, ...]:
        """Beginnings of the numbers that leave here, defaults filled in."""
        if self.numbers is None:
            return () if self.emergency else ("+",)
        return tuple(self.numbers)


class Placement(Model):
    """Which core node each tenant lives on; its queues, mailboxes and rooms are there."""

    default: Name = "core"
    """The core node of every tenant that is not placed by name."""
    tenants: dict[Name, Name] = Field(default_factory=dict)
    """Tenants that live elsewhere."""

    def home(self, slug: str) -> str:
        return self.tenants.get(slug, self.default)


class Chat(Model):
    """Who carries tenants' chat."""

    node: Name = "edge"
    """The edge that users' chat programs reach; environments that have chat share the name."""
    grace: int = Field(default=30, ge=0, le=3650)
    """Days after which the account of a user goes who left the tenant's file; she is locked out at once. What she wrote
    and sent is put aside first."""
    files: ChatFiles | None = None
    """Files that users send; nobody can where it is not given."""


class Video(Model):
    """Who carries tenants' video rooms."""

    node: Name = "edge"
    """The edge that users' browsers reach; environments that have video share the name."""


class Mail(Model):
    """The mail server that takes the platform's notices."""

    relay: Host
    """Where the core nodes hand mail over."""
    port: Port = 587
    """The port beside `relay`."""
    tls: Literal["starttls", "tls", "none"] = "starttls"
    """`starttls` before anything else is said, `tls` from the first byte, or `none` inside a network of your own. The
    relay's certificate is checked."""
    from_: Email = Field(alias="from")
    """The address that notices come from."""
    user: Text | None = None
    """Who logs in at the relay; nobody where it is not given."""
    password: Name | None = None
    """The handle of the user's password, see docs/guides/notices.md."""

    @model_validator(mode="after")
    def _both(self) -> Self:
        if (self.user is None) != (self.password is None):
            given = "user" if self.password is None else "password"
            raise PydanticCustomError(
                "mail",
                "{found} is no log-in",
                {"found": f"a {given} alone", "expected": "user and password, or neither", "nearest": ""},
            )
        return self

    @property
    def outlet(self) -> MailRelay:
        password = GIVEN_SECRET + self.password if self.password else ""
        return MailRelay(self.relay, self.port, self.tls, self.from_, self.user or "", password)


class Sms(Model):
    """The gateway that takes text messages: one POST of a JSON object for each."""

    url: str = Field(pattern=r"^https?://[^\s/]+(/\S*)?$", max_length=500)
    """Where the gateway takes messages."""
    from_: str = Field(alias="from", min_length=1, max_length=16)
    """What receivers see as the sender: a number, or at most eleven letters and digits."""
    token: Name | None = None
    """The handle of the gateway's key, see docs/guides/notices.md."""
    headers: dict[str, str] = Field(default_factory=lambda: {"Authorization": "Bearer {token}"})
    """Headers of the request. `{token}` is replaced by the key; such a header is left out where no key is given."""
    body: dict[str, str] = Field(
        default_factory=lambda: {"to": "{to}", "from": "{from}", "message": "{text}", "reference": "{id}"}, min_length=1
    )
    """The JSON object that is posted: `{to}`, `{from}`, `{text}`, and `{id}`, which is the same if a message is posted
    again because no answer came."""

    @property
    def outlet(self) -> SmsGateway:
        token = GIVEN_SECRET + self.token if self.token else ""
        return SmsGateway(self.url, self.from_, token, self.headers, self.body)


class Brake(Model):
    """How much of one class an apply may take away without being told so."""

    count: int = Field(ge=0, le=1_000_000)
    """At most so many, of all tenants together."""
    share: int = Field(ge=0, le=100)
    """Per cent: at most so much of what the environment has, and of what each tenant has who stays. One may go
    nevertheless, unless this is 0."""

    def most(self, of: int) -> int:
        """How many of so many the share lets go."""
        return max(1, of * self.share // 100) if self.share else 0


class Brakes(Model):
    """What one apply may take away of what was applied before. Beyond that it stops, until `--allow` says so."""

    numbers: Brake = Brake(count=25, share=20)
    users: Brake = Brake(count=25, share=20)
    mailboxes: Brake = Brake(count=25, share=20)
    """Personal and shared ones."""
    recordings: Brake = Brake(count=10, share=20)
    """Numbers, users and queues that are no longer recorded, or whose recordings are kept for fewer days."""
    tenants: Brake = Brake(count=2, share=10)
    """All of them never go without `--allow tenants`, whatever stands here."""

    def of(self, holding: Holding) -> Brake:
        brake: Brake = getattr(self, holding.value)
        return brake


class Transcription(Model):
    """Another program than the platform's own that writes down the messages in mailboxes."""

    program: str = Field(pattern=r"^(/[A-Za-z0-9._+-]+)+$", max_length=200)
    """Where it lies on every core node; roles/speech/README.md says what it is asked and answers."""
    languages: list[Language] = Field(min_length=1)
    """What it understands; `en` is asked for `en-GB` too."""


class Policies(Model):
    """When the provider's own policies are asked, beside by `pbx policy`."""

    before_apply: bool = False
    """Whether `pbx plan` and `pbx apply` ask them, and stop with 4 where one is broken."""


class Provider(Model):
    """A provider of hosted telephony."""

    version: Literal["1"]
    """The version of the language. Always the first line."""
    name: Text | None = None
    """What people call the provider."""
    language: Language = "en"
    """What the platform speaks where no tenant is known."""
    country: Country = "SE"
    """ISO 3166-1: tones, and how trunks with `number_format: national` complete numbers."""
    number_blocks: list[Block] = Field(default_factory=list)
    """Where none is given tenants may use any number."""
    number_rest: int = Field(default=90, ge=0, le=3650)
    """Days that a number rests before another tenant may have it: people go on calling whom they know."""
    resting_numbers: dict[E164, Resting] = Field(default_factory=dict)
    """Numbers that tenants have given up; an entry may go when its days are over."""
    trunks: dict[Name, Trunk] = Field(default_factory=dict)
    catalogue: Catalogue = Catalogue()
    external_attendants: AttendantService | None = None
    """Who answers for tenants with the section `external_attendants`; what it costs stands in the catalogue."""
    voices: dict[Language, AudioPath] = Field(default_factory=dict)
    """Language → a voice of piper's, a file `….onnx` below the provider's folder with its `….onnx.json` beside it, that
    speaks tenants' prompts. Other languages, and what the platform says itself, are spoken by espeak-ng. A recording is
    named by its voice's file, so another voice needs another file name."""
    mail: Mail | None = None
    """The relay for notices by mail."""
    sms: Sms | None = None
    """The gateway for notices by text message."""
    transcription: Transcription | None = None
    """What writes down messages in mailboxes; the platform's own program, for English, where it is not given."""
    chat: Chat | None = None
    """Chat for tenants with the section `chat`; none where it is not given."""
    video: Video | None = None
    """Video rooms for tenants with the section `video`; none where it is not given."""
    call_log_days: int = Field(default=90, ge=0, le=3650)
    """How many days users see their calls in the log where the tenant's file says nothing; 0 keeps none."""
    environments: dict[Name, Environment] = Field(default_factory=dict)
    placement: Placement = Placement()
    brakes: Brakes = Brakes()
    """How much one apply may take away."""
    policies: Policies = Policies()
    """When the policies of the folder `policies/` are asked."""

    @property
    def outlets(self) -> Outlets:
        """Where notices leave the platform."""
        return Outlets(self.mail.outlet if self.mail else None, self.sms.outlet if self.sms else None)

    @property
    def transcriber(self) -> Transcriber:
        """What writes down messages in mailboxes."""
        chosen = self.transcription
        return Transcriber(chosen.program, tuple(chosen.languages)) if chosen else PLATFORMS_OWN
