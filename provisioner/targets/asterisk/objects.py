"""What a room may say to Asterisk.

Objects are plain data. Each carries the node of the tenant file it comes from (`source`), so that every rendered line
can be traced back. Rooms may add routes to a context that another room opens: the writer joins them, sorts them, and
refuses two routes for one extension.
"""

from __future__ import annotations

from dataclasses import dataclass

from provisioner.core.artifacts import Recipe
from provisioner.core.records import record
from provisioner.core.refs import Ref
from provisioner.core.source import Path

from . import naming


@record
class Step:
    """One priority: an application with its argument text, optionally labelled."""

    application: str
    arguments: str = ""
    label: str = ""
    source: Path | None = None


@record
class Route:
    """The steps of one extension or pattern (`_X.`) of a context."""

    context: str
    extension: str
    steps: tuple[Step, ...]
    source: Path | None = None


@dataclass(frozen=True, slots=True)
class Include:
    """`context` also looks into `other`; includes are searched in the order of `rank`, then name."""

    context: str
    other: str
    rank: int = 50
    source: Path | None = None


@dataclass(frozen=True, slots=True)
class QueueMember:
    """`interface` is dialled, `state_interface` tells whether the member is free."""

    interface: str
    name: str
    state_interface: str = ""
    penalty: int = 0
    source: Path | None = None


@dataclass(frozen=True, slots=True)
class Queue:
    """A section of queues.conf; options keep their order."""

    name: str
    options: tuple[tuple[str, str], ...]
    members: tuple[QueueMember, ...] = ()
    source: Path | None = None


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
class Sound:
    """A sound that some step plays by `naming.sound(recipe_digest(recipe))`."""

    recipe: Recipe
    source: Path | None = None


AsteriskObject = Route | Include | Queue | Mailbox | MusicClass | Sound


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
        dial = f"PJSIP/${{PBX_EDGE}}/sip:{user}@{domain},{ring_time or ''},{options}b(pbx.to-edge^user^1({self.slug}))"
        return (
            Step("Gosub", f"pbx.line,enter,1(callee,{line})", source=source),
            Step("Dial", dial, source=source),
            Step("Gosub", "pbx.line,leave,1(callee)", source=source),
        )

    def ring(self, user: str, domain: str, source: Path | None = None) -> Route:
        """The extension behind `naming.ring` of a user: rings, and hands on why nobody answered."""
        steps = (*self.dial_user(user, domain, source), Step("Hangup", "${HANGUPCAUSE}", source=source))
        return Route(naming.context(self.slug, "ring"), user, steps, source)

    def dial_public(
        self, number: str, source: Path | None = None, *, route: str = "trunk", ring_time: int | None = None,
        options: str = "",
    ) -> Step:  # fmt: skip
        """Dials a public number (`+46…`, `112`, `${EXTEN}`) through the edge; `route` is `trunk` or `emergency`."""
        headers = f"b(pbx.to-edge^public^1({self.slug}^{route}))"
        return Step("Dial", f"PJSIP/{number}@${{PBX_EDGE}},{ring_time or ''},{options}{headers}", source=source)
