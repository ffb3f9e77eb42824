"""What a tenant file says of an external attendant: when calls come to her, and what she must know to answer them."""

from __future__ import annotations

from pydantic import Field

from provisioner.core.model import E164, Email, Extension, Model, Seconds, Text
from provisioner.core.periods import Period
from provisioner.core.refs import Destination, NameOf


def account(name: str) -> str:
    """The attendant's login to the tenant's core node; a telephone's has no dot."""
    return f"attendant.{name}"


def password(slug: str, name: str) -> str:
    """The handle of its password."""
    return f"attendants/{slug}/{name}"


class Question(Model):
    """Something that callers ask, and what they are told."""

    question: Text
    """What callers ask."""
    answer: Text
    """What they are told."""


class Temporary(Period):
    """Something that holds for some days only."""

    text: Text
    """What the attendant must know."""


class Instructions(Model):
    """How calls are answered. What is not given for a called number is as for all numbers."""

    answer: Text | None = None
    """How the attendant answers: the words that callers hear first."""
    connect: Text | None = None
    """Who is connected to whom, and when not."""
    notify: Text | None = None
    """Who gets a message of which calls, and how: by mail or text message."""
    temporary: list[Temporary] = Field(default_factory=list)
    """What holds for some days only; shown on these days, in addition to that of all numbers."""
    questions: list[Question] = Field(default_factory=list)
    """What callers ask, and what they are told; in addition to those of all numbers."""


class Office(Model):
    """What callers may want to know of the office."""

    address: Text | None = None
    """Where visitors come."""
    directions: Text | None = None
    """How they find it."""
    hours: Text | None = None
    """When it is open, in words."""
    web: Text | None = None
    """Its page."""
    mail: Email | None = None
    """The mail address that callers are given."""
    about: Text | None = None
    """Anything else: what the company does, how names are said."""


class Absence(Model):
    """The tenant has attendants of its own; the external one stands in for them while they are away."""

    of: list[NameOf("user")] = Field(min_length=1)  # type: ignore[valid-type]
    """The attendants of the tenant's own. While all of them are away, calls go outside at once."""
    activities: list[NameOf("activity")] = Field(default_factory=list)  # type: ignore[valid-type]
    """In which activities they are away; in every one in which telephones do not ring where none is named."""
    present: Destination
    """Where calls go while one of them is there. Callers whom nobody answered, there or elsewhere, and those that a
    schedule's `closed` leads here, go outside at once."""


class ExternalAttendant(Model):
    """People of another company who answer for the tenant: whatever the file leads here comes to them."""

    title: Text | None = None
    """What people call it; the name where it is not given."""
    number: E164
    """The number that stands for the tenant at the attendants' company, of the provider's pool. Nobody else has it."""
    extension: Extension | None = None
    ring_time: Seconds = Field(default=30, ge=5, le=300)
    """How long a call rings there."""
    no_answer: Destination
    """Where it goes when nobody answers there."""
    absence: Absence | None = None
    """Calls come here first and go outside only while the tenant's own attendants are away."""
    connects: bool = True
    """Whether the attendant may connect callers to extensions by keys: `*4` and the extension."""
    instructions: Instructions = Instructions()
    """How calls to all numbers are answered."""
    numbers: dict[E164, Instructions] = Field(default_factory=dict)
    """How calls to some numbers of the tenant are answered, where it differs."""
    office: Office = Office()
    """What callers may want to know of the office."""
