"""What a tenant file says of calendars, and which calendar each user has of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated
from urllib.parse import quote

from pydantic import BeforeValidator, Field

from provisioner.core.model import Model, Name, Seconds, Text
from provisioner.core.outlets import GIVEN_SECRET

GRAPH = "https://graph.microsoft.com/v1.0/users/{}/calendarView"


class Shows(StrEnum):
    """What an event says of whoever is in it."""

    BUSY = "busy"
    TENTATIVE = "tentative"
    """Not promised yet."""
    AWAY = "away"
    """Out of office."""
    ELSEWHERE = "elsewhere"
    """Working at another place."""
    FREE = "free"


USUALLY = tuple(each for each in Shows if each is not Shows.FREE)
"""What a rule without `shows` means."""


def _one_or_more(value: object) -> object:
    return [value] if isinstance(value, str) else value


class Rule(Model):
    """Which events mean an activity: all that is given must hold."""

    words: Annotated[list[Text], BeforeValidator(_one_or_more, json_schema_input_type=Text | list[Text])] = Field(
        default_factory=list, max_length=50
    )
    """One of them stands in the title: whole words, capital or not; `*` stands for any letters: `*möte`."""
    shows: Annotated[list[Shows], BeforeValidator(_one_or_more, json_schema_input_type=Shows | list[Shows])] = Field(
        default_factory=list
    )
    """What the event says of her: busy, tentative, away, elsewhere, free; all but free where it is not given."""
    activity: Name
    """What she is doing then."""

    @property
    def states(self) -> tuple[Shows, ...]:
        return tuple(each for each in Shows if each in (self.shows or USUALLY))


class Calendar(Model):
    """Where a calendar is, and what its events mean."""

    caldav: str | None = Field(default=None, max_length=500)
    """The address of a calendar by CalDAV. Where it stands for all users, `{user}` and `{email}` are hers."""
    ical: str | None = Field(default=None, max_length=500)
    """The address of a calendar that is published as a file (iCalendar); `{secret}` stands for its secret part."""
    microsoft: str | None = Field(default=None, max_length=200)
    """The mail address of a mailbox in Microsoft 365, whose calendar is read by Graph; `{email}` is hers."""
    directory: Annotated[str, Field(pattern=r"^[A-Za-z0-9.-]+$", max_length=200)] | None = None
    """The customer's directory (tenant) at Microsoft, by id or domain; `login` is the application in it."""
    login: Text | None = None
    """Who logs in there; nobody where it is not given. `{user}` and `{email}` are hers."""
    secret: Name | None = None
    """The handle of the password, or of the address's secret part."""
    rules: list[Rule] = Field(default_factory=list, max_length=100)
    """Asked in this order; the first that fits counts. A user's own come before the tenant's."""

    @property
    def addresses(self) -> dict[str, str]:
        """kind → address, as far as given."""
        return {kind: address for kind in ("caldav", "ical", "microsoft") if (address := getattr(self, kind))}


def _off(value: object) -> object:
    return {"off": "yes"} if value == "off" else value


class Own(Calendar):
    """A user's own calendar, or her own rules for the tenant's."""

    off: bool = False
    """Whether no calendar sets her activity."""


class Calendars(Calendar):
    """The calendars of a tenant."""

    every: Seconds = Field(default=300, ge=60, le=86400)
    """How often each calendar is read."""
    users: dict[
        Name, Annotated[Own, BeforeValidator(_off, json_schema_input_type=Annotated[str, Field(pattern="^off$")] | Own)]
    ] = Field(default_factory=dict)
    """What differs for a user: her own calendar, further rules, or `off`."""


@dataclass(frozen=True, slots=True)
class Source:
    """The calendar of one user, places filled in."""

    kind: str
    address: str
    login: str
    secret: str
    """A handle, or nothing."""
    mail: str
    """Who she is in events."""
    rules: tuple[Rule, ...]
    own: bool
    """Whether the address is hers and not the tenant's."""


def sources(section: Calendars, slug: str, mails: Mapping[str, str]) -> Iterator[tuple[str, Source]]:
    """The calendar of each user who has one; `mails` are all users with their mail address, or nothing."""
    for user, mail in mails.items():
        own = section.users.get(user, Own())
        where: Calendar = own if own.addresses else section
        if own.off or not where.addresses:
            continue
        kind, address = next(iter(where.addresses.items()))
        secret = handle(slug, where.secret) if where.secret else ""
        login, address = filled(where.login or "", user, mail), filled(address, user, mail)
        if kind == "microsoft":
            login, address = f"{where.directory}/{login}", GRAPH.format(quote(address, safe=""))
        rules = (*own.rules, *section.rules)
        yield user, Source(kind, address, login, secret, mail, rules, own=bool(own.addresses))


def filled(text: str, user: str, mail: str) -> str:
    return text.replace("{user}", user).replace("{email}", mail)


def handle(slug: str, secret: str) -> str:
    """Begins with the tenant, so that no tenant's file can name a secret of another's, or of the provider's."""
    return f"{GIVEN_SECRET}{slug}/{secret}"
