"""What a room may say to Asterisk.

Objects are plain data. Each carries the node of the tenant file it comes from (`source`), so that every rendered line
can be traced back. Rooms may add routes to a context that another room opens: the writer joins them, sorts them, and
refuses two routes for one extension.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from provisioner.core.artifacts import Recipe
from provisioner.core.notices import Words
from provisioner.core.records import record
from provisioner.core.refs import Ref
from provisioner.core.source import Path

from . import calendars, naming, people
from .logged import noted
from .moves import Moved


@record
class Step:
    """One priority: an application with its argument text, optionally labelled."""

    application: str
    arguments: str = ""
    label: str = ""
    source: Path | None = None


LAST_WORDS = Step("Wait", "0.5")
"""Silence between what is said last and the end: a telephone throws away what it has not yet played when a call ends.

The writer puts it between Playback and Hangup; steps that end what a subroutine or another route has said hold it.
"""


@record
class Route:
    """The steps of one extension or pattern (`_X.`) of a context.

    A pattern whose `first` priority is not 1 holds what comes after the own steps of the extensions that it matches:
    Asterisk looks for each priority anew. An extension that shall not go on there must end before, by Goto or Hangup.
    """

    context: str
    extension: str
    steps: tuple[Step, ...]
    source: Path | None = None
    first: int = 1


@dataclass(frozen=True, slots=True)
class Include:
    """`context` also looks into `other`; includes are searched in the order of `rank`, then name."""

    context: str
    other: str
    rank: int = 50
    source: Path | None = None


@dataclass(frozen=True, slots=True)
class Queue:
    """A section of queues.conf; options keep their order. Members come and go by `agents`."""

    name: str
    options: tuple[tuple[str, str], ...]
    source: Path | None = None


@record
class Mailbox:
    """A line of voicemail.conf in the tenant's voicemail context. `pin_secret` is a handle and never the PIN."""

    context: str
    box: str
    full_name: str
    email: str = ""
    pin_secret: str = ""
    options: tuple[tuple[str, str], ...] = ()
    source: Path | None = None


@dataclass(frozen=True, slots=True)
class MusicClass:
    """A class of musiconhold.conf that plays the given sounds in turn."""

    name: str
    sounds: tuple[Recipe, ...]
    source: Path | None = None


@record
class Sound:
    """A sound that some step plays by `playing.played(recipe)`."""

    recipe: Recipe
    source: Path | None = None
    alias: str = ""
    """A name below Asterisk's folder of sounds under which it is found too: `en_queue_sv/digits/20`."""


@record
class Waiting:
    """A mailbox whose new messages the telephones of a user show by their lamp, by SUBSCRIBE for message summaries.

    `listen` is what she dials to hear them; empty where no code opens it.
    """

    user: str
    box: str
    listen: str = ""
    source: Path | None = None


class Lamp(Enum):
    """What a key shows, and the device state that says so."""

    DARK = "NOT_INUSE"
    LIT = "INUSE"
    BLINKS = "RINGING"


@record
class Notice:
    """Who is told of a call by mail and text message, and in which words; steps send it by its name."""

    name: str
    words: Words
    sender: str
    """What mails show as the sender's name."""
    language: str
    time_zone: str
    mail: tuple[str, ...] = ()
    sms: tuple[str, ...] = ()
    attach: bool = False
    """Whether mails carry the file that the step names."""
    written: str = ""
    """What mails say before that file as text; they wait for the text where it is given."""
    source: Path | None = None


@dataclass(frozen=True, slots=True)
class Watched:
    """A queue or ring group whose live figures people look at. `service_level` and `wrap_up` are in seconds."""

    kind: str
    name: str
    title: str
    members: tuple[tuple[str, int], ...]
    """Name and penalty, in the order of the file."""
    time_zone: str
    service_level: int = 0
    wrap_up: int = 0
    source: Path | None = None


@record
class Keeping:
    """That the tenant records calls, and how many days it keeps them."""

    slug: str
    days: int
    source: Path | None = None


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What callers may say to one attendant: language → id → texts."""

    name: str
    texts: Mapping[str, Mapping[str, tuple[str, ...]]]
    source: Path | None = None


AsteriskObject = (
    Route
    | Include
    | Queue
    | Mailbox
    | MusicClass
    | Sound
    | Waiting
    | Notice
    | Watched
    | Vocabulary
    | Keeping
    | Moved
    | people.Fact
    | calendars.Fact
)


@dataclass(frozen=True, slots=True)
class Steps:
    """Small phrases of dialplan that several rooms speak, for one tenant."""

    slug: str

    def enter(self, ref: Ref, source: Path | None = None) -> Step:
        """The first step of a node: leaves its name in the channel event log, so a live call can be read back."""
        return Step("CELGenUserEvent", f"node,{ref}", source=source)

    def answer(self, source: Path | None = None) -> Step:
        """Takes the call, so that the caller hears what is played; waits for her first sound, at most half a second."""
        return Step("Answer", source=source)

    def shine(self, light: str, lamp: Lamp, source: Path | None = None) -> Step:
        """Lets every key that watches a light of `naming.light` show it; the state outlives calls and restarts."""
        return Step("Set", f"DEVICE_STATE({light})={lamp.value}", source=source)

    def before_answer(self, source: Path | None = None, *, label: str = "") -> tuple[Step, ...]:
        """Lets the caller hear what is played though nobody answers, so that it costs her nothing.

        Sound that is faster than the message that announces it would be lost to her telephone. WaitDigit is the one
        way to wait that sends none.
        """
        return Step("Progress", label=label, source=source), Step("WaitDigit", "0.3", source=source)

    def goto(self, ref: Ref, source: Path | None = None, *, label: str = "") -> Step:
        """Goes on at a destination."""
        context, extension = naming.destination(self.slug, ref)
        return Step("Goto", f"{context},{extension},1", label, source)

    def goto_if(self, condition: str, ref: Ref, source: Path | None = None) -> Step:
        """Goes on at a destination where the expression holds; falls through otherwise."""
        context, extension = naming.destination(self.slug, ref)
        return Step("GotoIf", f"$[{condition}]?{context},{extension},1", source=source)

    def dial_user(
        self, user: str, domain: str, source: Path | None = None, *, ring_time: int | None = None, options: str = ""
    ) -> tuple[Step, ...]:
        """Rings all telephones of a user through the edge, with the user's line marked busy meanwhile.

        Falls through with DIALSTATUS set when nobody answers: BUSY, NOANSWER (rang in vain, or the edge says 480),
        CHANUNAVAIL (404: no telephone is registered; 603: declined) or CONGESTION (503). Without `ring_time` it rings
        until the caller or an outer Dial gives up. `options` are further options of Dial.
        """
        line = naming.line(self.slug, user)
        # What `pbx.line` found out of her mobile telephone, and of her own choice.
        fixed = f'${{IF($["${{PBX_RINGS}}" = "mobile"]?:PJSIP/${{PBX_EDGE}}/sip:{user}@{domain})}}${{PBX_ALSO}}'
        legs = f"b(pbx.to-edge^user^1({self.slug})){noted(self.slug, user)}"
        dial = f"{fixed},{ring_time or ''},{options}${{PBX_TOLD}}{legs}"
        return (
            Step("Gosub", f"pbx.line,rings,1({line})", source=source),
            Step("Dial", dial, source=source),
        )

    def ring(self, user: str, domain: str, source: Path | None = None) -> Route:
        """The extension behind `naming.ring` of a user: rings, and hands on why nobody answered."""
        steps = (*self.dial_user(user, domain, source), Step("Hangup", "${HANGUPCAUSE}", source=source))
        return Route(naming.context(self.slug, "ring"), user, steps, source)

    def takes_by_key(self, asks: str, source: Path | None = None) -> tuple[Step, ...]:
        """The subroutine of Dial's option U: who has answered takes the call by pressing 1, and nothing else does.

        That she does not take it stands first: where she hangs up while she is asked, no later step is done, and Dial
        would put the caller through to nobody and end her call with it.
        """
        return (
            Step("Set", "GOSUB_RESULT=CONTINUE", source=source),
            Step("Read", f"PBX_TAKES,{asks},1,,3,6", source=source),
            Step("GotoIf", '$["${PBX_TAKES}" != "1"]?not', source=source),
            Step("Gosub", "pbx.line,taken,1", source=source),
            Step("Set", "GOSUB_RESULT=", source=source),
            Step("Return", label="not", source=source),
        )

    def dial_public(
        self, number: str, source: Path | None = None, *, route: str = "trunk", ring_time: int | None = None,
        options: str = "",
    ) -> Step:  # fmt: skip
        """Dials a public number (`+46…`, `112`, `${EXTEN}`) through the edge; `route` is `trunk` or `emergency`."""
        headers = f"b(pbx.to-edge^public^1({self.slug}^{route}^{number}))"
        # Nothing is said to rescuers before the caller can speak.
        # The number may be a user's mobile telephone, whose line rings until somebody answers.
        told = 'U(pbx.line)${IF($["${PBX_TELLS}" != ""]?A(${PBX_TELLS}))}' if route == "trunk" else ""
        return Step("Dial", f"PJSIP/{number}@${{PBX_EDGE}},{ring_time or ''},{options}{told}{headers}", source=source)
