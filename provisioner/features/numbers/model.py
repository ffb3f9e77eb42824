"""What a tenant file says of a public number. The key of each entry is the number itself, in E.164 form."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from provisioner.core.callers import Pattern
from provisioner.core.model import Language, Model, Text
from provisioner.core.periods import Day, Period
from provisioner.core.refs import Destination, PromptName


class Kind(StrEnum):
    """What the number is to the tenant."""

    MAIN = "main"
    """The number that the tenant is known by; the first one is shown where nothing else is said."""
    DIRECT = "direct"
    """A number of one user, group or queue."""
    MOBILE = "mobile"
    """A mobile number of one user."""
    OTHER = "other"


OF_ONE_USER = (Kind.DIRECT, Kind.MOBILE)


class Display(StrEnum):
    """What those who answer see of the number that was called."""

    NAME = "name"
    """The title in place of the caller's name."""
    PREFIX = "prefix"
    """The title before the caller's name, or before her number where she has none."""
    NONE = "none"
    """Nothing of it."""


class Ask(StrEnum):
    """What callers who withhold their number must do to get through."""

    KEY = "key"
    """Press a key that they are told: machines that dial at random do not."""


class Withheld(Model):
    """Callers who withhold their number. Without anything said they are told that they must show it."""

    ask: Ask | None = None
    """What lets them through."""
    destination: Destination | None = None
    """Where those go who do not get through, instead of hearing why."""


class Closed(Model):
    """What callers meet after the last day of the number. Without anything said they hear that it is not in use."""

    prompt: PromptName | None = None
    """What they hear; in the number's language, then in every other that the prompt has."""
    destination: Destination | None = None
    """Where they go after that, for example to the new number; the call ends where it is not given."""
    until: Day | None = None
    """The last day of this. After it the number is unknown, as it is to callers of numbers that nobody has."""

    def __bool__(self) -> bool:
        """Whether anything is said."""
        return bool(self.prompt or self.destination or self.until)


class Recording(Model):
    """Conversations of callers of this number are recorded, from the moment when somebody answers."""

    announcement: PromptName | None = None
    """What tells the caller so at the beginning; a sentence of the platform's where it is not given."""


class Number(Period):
    """A public number of the tenant. Before `active_from` it is another operator's: calls from inside go there."""

    kind: Kind = Kind.OTHER
    title: Text | None = None
    """What the number is for; shown to those who answer it."""
    display: Display = Display.NAME
    """How `title` is shown."""
    language: Language | None = None
    """What its callers hear; the tenant's language where it is not given."""
    destination: Destination
    """Where its callers go."""
    allowed: list[Pattern] = Field(default_factory=list, max_length=200)
    """Callers who get through, whatever `blocked` and `withheld` say."""
    blocked: list[Pattern] = Field(default_factory=list, max_length=200)
    """Callers who do not."""
    refused: Destination | None = None
    """Where blocked callers go, instead of hearing that their call is not taken."""
    withheld: Withheld | None = None
    """What happens to callers who withhold their number; they are callers like all others where it is not given."""
    recording: Recording | None = None
    """Records its calls; `{}` for a recording as usual."""
    closed: Closed = Closed()
    """What callers meet after `active_until`."""
