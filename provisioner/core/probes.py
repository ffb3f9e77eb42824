"""Probes: test calls as data. A room says what must happen when its section is called; the verifier makes it happen.

A probe is a few telephones (`parties`) and a list of steps, each of which does or expects one thing. Nothing here knows
SIP, audio or the lab, so a room yields probes from the compiled tenant alone. Steps are done in order; a step that
waits begins with what came since the probe began, so a ring that came early is not missed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from .artifacts import Recipe, named
from .parties import ANYBODY, AnyOf, Callee, Network, Outside, Party, Phone, Route, example_caller

# Rooms take parties from here, with the steps that they do.
__all__ = ["ANYBODY", "AnyOf", "Callee", "Network", "Outside", "Party", "Phone", "Route", "example_caller"]


@dataclass(frozen=True, slots=True)
class Registers:
    """The telephone is accepted by the edge; with a wrong password it is refused."""

    phone: Phone
    wrong_password: bool = False

    def __str__(self) -> str:
        return f"{self.phone} is refused with a wrong password" if self.wrong_password else f"{self.phone} registers"


@dataclass(frozen=True, slots=True)
class Dials:
    caller: Phone | Outside
    number: str
    """As it is keyed in: an extension, a service code, a number; E.164 for callers from outside."""

    def __str__(self) -> str:
        return f"{self.caller} dials {self.number}"


@dataclass(frozen=True, slots=True)
class Rings:
    """A call comes in at the telephone. `caller` is the number or extension that it must show."""

    phone: Callee
    caller: str = ANYBODY
    within: float = 15.0

    def __str__(self) -> str:
        return f"{self.phone} rings" + (f" and shows {self.caller}" if self.caller else "")


@dataclass(frozen=True, slots=True)
class Reaches:
    """A call arrives in the public network and is answered there. `caller` is the number that it must show.

    `diverted` is the number that was called first, where the call is one that is sent on, and `why` the reason told.
    """

    network: Network
    number: str
    caller: str = ANYBODY
    withheld: bool = False
    within: float = 15.0
    diverted: str = ""
    why: str = ""

    def __str__(self) -> str:
        shown = " and withholds the number" if self.withheld else f" and shows {self.caller}" if self.caller else ""
        return f"{self.network} is called as {self.number}{shown}"


@dataclass(frozen=True, slots=True)
class Answers:
    phone: Callee

    def __str__(self) -> str:
        return f"{self.phone} answers"


@dataclass(frozen=True, slots=True)
class Rejects:
    phone: Callee

    def __str__(self) -> str:
        return f"{self.phone} rejects the call"


@dataclass(frozen=True, slots=True)
class StaysQuiet:
    """No call has come in at the telephone since the probe began, nor does one within `during`."""

    phone: Phone
    during: float = 1.0

    def __str__(self) -> str:
        return f"{self.phone} does not ring"


@dataclass(frozen=True, slots=True)
class IsAnswered:
    """The caller's call is taken, by whatever."""

    caller: Phone | Outside
    within: float = 15.0

    def __str__(self) -> str:
        return f"{self.caller} is answered"


@dataclass(frozen=True, slots=True)
class Hears:
    """The party hears a known sound, wholly or as far as it comes, after what it was last found to hear."""

    party: Party
    sound: Recipe
    within: float = 20.0

    def __str__(self) -> str:
        return f"{self.party} hears {named(self.sound)}"


@dataclass(frozen=True, slots=True)
class Presses:
    party: Party
    keys: str

    def __str__(self) -> str:
        return f"{self.party} presses {' '.join(self.keys)}"


@dataclass(frozen=True, slots=True)
class Waits:
    seconds: float

    def __str__(self) -> str:
        return f"{self.seconds:g} s pass"


@dataclass(frozen=True, slots=True)
class Speaks:
    """The party says something of its own for so long, to be found again by `MessageLeft` or `HearsParty`."""

    party: Party
    seconds: float = 4.0

    def __str__(self) -> str:
        return f"{self.party} speaks for {self.seconds:g} s"


@dataclass(frozen=True, slots=True)
class TalkBothWays:
    """Each of two parties plays a tone of its own, and the samples that the other recorded hold it."""

    one: Party
    other: Party
    seconds: float = 2.0

    def __str__(self) -> str:
        return f"{self.one} and {self.other} hear each other"


@dataclass(frozen=True, slots=True)
class HangsUp:
    party: Party

    def __str__(self) -> str:
        return f"{self.party} hangs up"


@dataclass(frozen=True, slots=True)
class IsEnded:
    """The platform or the far side ends the party's call; `status` is how a refusal begins, `486`, `404`, `403` …"""

    party: Party
    status: str = ""
    within: float = 15.0

    def __str__(self) -> str:
        return f"the call of {self.party} is ended" + (f" with {self.status}" if self.status else "")


@dataclass(frozen=True, slots=True)
class MessageLeft:
    """A message came into the tenant's mailbox since the probe began, and holds what `speaker` last said."""

    mailbox: str
    speaker: Party
    within: float = 15.0

    def __str__(self) -> str:
        return f"mailbox {self.mailbox} holds what {self.speaker} said"


@dataclass(frozen=True, slots=True)
class Faxes:
    """A fax machine of the public network calls and sends pages, all of which are confirmed to it."""

    caller: Outside
    number: str
    pages: int = 1
    within: float = 120.0

    def __str__(self) -> str:
        return f"a fax machine at {self.caller.number} sends {_counted(self.pages)} to {self.number}"


@dataclass(frozen=True, slots=True)
class FaxArrives:
    """A mail to the address carries what the fax machine sent last, as a PDF with so many pages."""

    caller: Outside
    mail: str
    pages: int = 1
    within: float = 40.0

    def __str__(self) -> str:
        return f"a mail to {self.mail} carries the fax of {self.caller.number}, {_counted(self.pages)} as PDF"


def _counted(pages: int) -> str:
    return f"{pages} page{'s' * (pages > 1)}"


@dataclass(frozen=True, slots=True)
class Passes:
    """The caller's last call went through these nodes in this order (others may lie between): `ivr:main` …"""

    caller: Phone | Outside
    nodes: tuple[str, ...]

    def __str__(self) -> str:
        return f"the call passes {', '.join(self.nodes)}"


Step = (
    Registers | Dials | Rings | Reaches | Answers | Rejects | StaysQuiet | IsAnswered | Hears | Presses | Waits
    | Speaks | TalkBothWays | HangsUp | IsEnded | MessageLeft | Faxes | FaxArrives | Passes
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """One test call. What it leaves up at its end is hung up by the verifier."""

    id: str
    """Unique in the tenant and stable over applies: `ivr.main.key-1`."""
    title: str
    """What it proves, for the table: a sentence that a customer understands."""
    tenant: str
    rows: tuple[str, ...] = ()
    """The rows of the service description that it shows."""
    at: datetime | None = None
    """The tenant's time at the first step, aware of its zone; None takes the time that it is."""
    steps: tuple[Step, ...]
    may_ring: tuple[Party, ...] = ()
    """Parties that may be called though no step names them; no other probe uses them meanwhile."""
    seconds: float = 60.0
    """After which the probe is given up."""

    def __post_init__(self) -> None:
        if self.at is not None and self.at.utcoffset() is None:
            raise ValueError(f"probe {self.id}: the time {self.at} has no zone; give it the tenant's")

    @property
    def everybody(self) -> tuple[Party, ...]:
        """Each telephone and line that may be in a call meanwhile, each once."""
        named = (*self.parties, *self.may_ring)
        single = (one for each in named for one in (each.phones if isinstance(each, AnyOf) else (each,)))
        return tuple(dict.fromkeys(single))

    @property
    def mailboxes(self) -> tuple[str, ...]:
        """The mailboxes in which the probe may leave a message, each once."""
        named = [step.mailbox for step in self.steps if isinstance(step, MessageLeft)]
        passed = [node for step in self.steps if isinstance(step, Passes) for node in step.nodes]
        named += [node.removeprefix("voicemail:") for node in passed if node.startswith("voicemail:")]
        return tuple(dict.fromkeys(named))

    @property
    def parties(self) -> tuple[Party, ...]:
        """Everybody who takes part, each once, in the order of the steps."""
        return tuple(dict.fromkeys(party for step in self.steps for party in parties(step)))


def parties(step: Step) -> Iterator[Party]:
    """Who takes part in a step; of a fax machine none, for it is no telephone."""
    match step:
        case Registers(phone=party) | Rings(phone=party) | Answers(phone=party) | Rejects(phone=party):
            yield party
        case StaysQuiet(phone=party) | Reaches(network=party):
            yield party
        case Dials(caller=party) | IsAnswered(caller=party) | Passes(caller=party):
            yield party
        case Hears(party=party) | Presses(party=party) | Speaks(party=party) | HangsUp(party=party):
            yield party
        case IsEnded(party=party) | MessageLeft(speaker=party):
            yield party
        case TalkBothWays(one=one, other=other):
            yield from (one, other)
        case Waits() | Faxes() | FaxArrives():  # a fax machine is no telephone
            pass
