"""What a call was for each user who had to do with it, made of all its rows at its end.

A user has one entry for what she made, and one for a call that was to reach her, whichever ways it tried. Whether she
missed it is known only at the end: one that somebody else took, by a group, by picking it up or because she had it
forwarded, is not missed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from .rows import Row, name

ANSWERED, UNANSWERED, MISSED = "answered", "unanswered", "missed"
COLLEAGUE, PICKED_UP, FORWARDED = "colleague", "picked-up", "forwarded"


@dataclass(frozen=True)
class Entry:
    """One line of a user's log."""

    call: str
    user: str
    direction: str
    """`made` or `received`."""
    at: float
    result: str
    """made: answered, unanswered; received: answered, missed, colleague (another one answered), picked-up (another one
    took it while it rang here), forwarded (it went on by her own rule)."""
    number: str = ""
    """The other party's, in the form in which it can be called; empty where it is withheld."""
    name: str = ""
    seconds: int = 0
    """Of talk."""
    device: str = ""
    """Of her telephones the one that called or answered; `*mobile` is the one that rings along by its number."""
    by: str = ""
    """The colleague who answered, or from whom she picked the call up."""
    to: str = ""
    """Where it was forwarded to, as the tenant's file says it."""
    message: str = ""
    """The message that the caller left in her mailbox."""


Messages = Callable[[str, str, str, float], str]
"""The message that a channel left in a user's mailbox since a second: tenant, user, channel, second."""


@dataclass
class _Reached:
    """A user whom the call was to reach."""

    at: float
    number: str = ""
    name: str = ""
    rang: bool = False
    leg: str = ""
    """The leg that was in the dialplan when it came to her own rules; empty where a group or queue rang her."""
    since: int = 0
    """Where in the rows that was."""


@dataclass
class _Take:
    """Somebody answered."""

    user: str
    rung: str
    """At whose telephones it rang."""
    device: str
    at: float
    seconds: int
    number: str = ""
    name: str = ""


@dataclass
class _Call:
    rows: list[Row]
    messages: Messages
    source: tuple[str, str] = ("", "")
    """Number and name of who calls."""
    reached: dict[tuple[str, str], _Reached] = field(default_factory=dict)
    takes: list[tuple[str, _Take]] = field(default_factory=list)
    boxes: dict[tuple[str, str], Row] = field(default_factory=dict)
    """Where the call came to a mailbox."""

    def entries(self) -> Iterator[tuple[str, Entry]]:
        for place, row in enumerate(self.rows):
            if row.event == "USER_DEFINED":
                self._told(place, row)
        yield from self._made()
        for (slug, user), reached in self.reached.items():
            yield slug, self._received(slug, user, reached)
        for (slug, box), row in self.boxes.items():
            if (slug, box) not in self.reached and (message := self.messages(slug, box, row.channel, row.time)):
                number, called = self.source
                yield slug, Entry(self._id, box, "received", row.time, MISSED, number, called, message=message)
        for slug, take in self.takes:
            if take.user != take.rung and (slug, take.user) not in self.reached:
                rung = self.reached.get((slug, take.rung))
                number, called = (rung.number, rung.name) if rung else self.source
                yield (
                    slug,
                    Entry(self._id, take.user, "received", take.at, ANSWERED, number, called, take.seconds,
                          take.device, take.rung),
                )  # fmt: skip

    @property
    def _id(self) -> str:
        return self.rows[0].call

    def _told(self, place: int, row: Row) -> None:
        match row.name, row.words:
            case "comes", [_, number, code]:
                self.source = number, name(code)
            case "rings", [slug, user, number, code]:
                reached = self._of(slug, user, row.time)
                reached.rang, reached.number, reached.name = True, number, name(code)
            case "takes", [slug, user, _, device, *own]:
                # Who picked it up bears what was noted of her when she dialled.
                by, with_ = own if len(own) == 2 and own[0] else (user, device)
                self.takes.append((slug, _Take(by, user, with_, row.time, self._talk(row))))
            case "node", [node] if node.startswith("user:") and row.slug:
                reached = self._of(row.slug, node.removeprefix("user:"), row.time)
                if not reached.leg:
                    reached.leg, reached.since = row.leg, place
                if not reached.rang:
                    reached.number, reached.name = self.source
            case "node", [node] if node.startswith("voicemail:") and row.slug:
                self.boxes.setdefault((row.slug, node.removeprefix("voicemail:")), row)

    def _of(self, slug: str, user: str, at: float) -> _Reached:
        return self.reached.setdefault((slug, user), _Reached(at))

    def _talk(self, taken: Row) -> int:
        """Seconds from an answer to the end of the leg that answered."""
        ends = [each.time for each in self.rows if each.leg == taken.leg and each.event in ("HANGUP", "CHAN_END")]
        return max(0, round(min(ends, default=taken.time) - taken.time))

    def _made(self) -> Iterator[tuple[str, Entry]]:
        for place, row in enumerate(self.rows):
            match row.name, row.words:
                case "made", [slug, user, device, number] if not number.startswith(("*", "#")):
                    # A leg that was asked for a PIN first is answered already, and meets somebody later.
                    later = (each for each in self.rows[place:] if each.event in ("ANSWER", "BRIDGE_ENTER"))
                    answer = next((each for each in later if each.leg == row.leg), None)
                    result = ANSWERED if answer else UNANSWERED
                    seconds = self._talk(answer) if answer else 0
                    entry = Entry(self._id, user, "made", row.time, result, number, "", seconds, device)
                    yield slug, entry

    def _received(self, slug: str, user: str, reached: _Reached) -> Entry:
        def entry(result: str, **more: str | int) -> Entry:
            return Entry(
                self._id, user, "received", reached.at, result, reached.number, reached.name, **more  # type: ignore[arg-type]
            )  # fmt: skip

        takes = [each for tenant, each in self.takes if tenant == slug and each.at >= reached.at - 0.001]
        if own := next((each for each in takes if each.user == user), None):
            by = own.rung if own.rung != user else ""
            return entry(ANSWERED, seconds=own.seconds, device=own.device, by=by)
        if theirs := next((each for each in takes if each.rung == user), None):
            return entry(PICKED_UP, seconds=theirs.seconds, by=theirs.user)
        to, channel, since = self._onward(user, reached)
        other = takes[0] if takes else None
        if to and (other or not reached.rang or self._answered(reached)):
            return entry(FORWARDED, to=to, **({"by": other.user, "seconds": other.seconds} if other else {}))
        if other:
            return entry(COLLEAGUE, by=other.user, seconds=other.seconds)
        message = self.messages(slug, user, channel, since) if channel else ""
        return entry(MISSED, message=message)

    def _onward(self, user: str, reached: _Reached) -> tuple[str, str, float]:
        """Where the call went on after her own rules; or the channel that went to her mailbox, and when."""
        if not reached.leg:
            return "", "", 0.0
        for row in self.rows[reached.since + 1 :]:
            if row.leg == reached.leg and row.event == "USER_DEFINED" and row.name == "node":
                if row.extra == f"voicemail:{user}":
                    return "", row.channel, row.time
                if row.extra != f"user:{user}":
                    return "" if row.extra.startswith("hangup:") else row.extra, "", 0.0
        return "", "", 0.0

    def _answered(self, reached: _Reached) -> bool:
        """Whether the caller spoke with anybody after her telephones had rung in vain."""
        rows = self.rows[reached.since + 1 :]
        return any(each.leg == reached.leg and each.event == "BRIDGE_ENTER" for each in rows)


def entries(rows: Iterable[Row], messages: Messages) -> list[tuple[str, Entry]]:
    """Tenant and entry of everybody who had to do with the call whose rows these are."""
    ordered = list(rows)
    return list(_Call(ordered, messages).entries()) if ordered else []
