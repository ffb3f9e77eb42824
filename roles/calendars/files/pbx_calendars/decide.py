"""What is to be set for a user: what her calendar says now, and whether her own word stands above it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from pbx_people.lived import AVAILABLE, Doing

from .meaning import Span

CALENDAR = "calendar"
"""Who set an activity that came of an event."""


@dataclass(frozen=True)
class Memory:
    """What was seen of a user before."""

    last: Doing = field(default_factory=Doing)
    """What she was doing."""
    quiet: int = 0
    """Until this second she has said that she is available, whatever her calendar says."""


def wanted(spans: Sequence[Span], now: float) -> Doing:
    """What the calendar says at a second: of what runs, the first by rank, with all that follows it without a gap."""
    running = [each for each in spans if each.start <= now < each.end]
    if not running:
        return Doing()
    first = min(running, key=lambda each: (each.rank, -each.end))
    if first.activity == AVAILABLE:
        return Doing()
    until = first.end
    for each in sorted(spans):
        if each.activity == first.activity and each.start <= until < each.end:
            until = each.end
    return Doing(first.activity, until, by=CALENDAR)


def boundaries(spans: Sequence[Span], doing: Doing, now: float) -> list[int]:
    """The seconds to come at which something begins or ends by itself."""
    return [each for span in spans for each in span[:2] if each > now] + [doing.until] * (doing.until > now)


def decide(memory: Memory, doing: Doing, calendar: Doing, now: float) -> tuple[Doing | None, Memory]:
    """What is to be set, or None where all is well, and what to remember. `doing` is in force, or available."""
    before = memory.last
    quiet = memory.quiet if memory.quiet > now else 0
    if doing.activity == AVAILABLE and before.activity != AVAILABLE and not 0 < before.until <= now:
        # Taken back before its end, and not by us, who would remember that: she has said so.
        quiet = max(quiet, calendar.until)
    if doing.activity != AVAILABLE and doing.by != CALENDAR:
        return None, Memory(doing, quiet)
    target = Doing() if quiet else calendar
    if target == Doing() and doing.activity == AVAILABLE:
        return None, Memory(doing, quiet)  # a note of an available colleague stays
    return (None if target == doing else target), Memory(target, quiet)
