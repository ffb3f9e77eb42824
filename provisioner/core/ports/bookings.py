"""The port to what people booked: lived data, which no apply touches.

A booking knows all that the sender needs: each moment at which it begins, and the words of each letter and reminder. So
the machine that sends understands neither calendars nor tenant files.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Letter:
    """What one receiver is told of a booking, once. `sequence` is the booking's when it was written."""

    sequence: int
    at: int
    """When, in seconds since 1970."""
    channel: str
    """`mail` or `sms`."""
    to: str
    subject: str
    text: str
    calendar: str = ""
    """The iCalendar object that a mail carries (RFC 5545, RFC 6047)."""
    method: str = ""
    """Its iTIP method: REQUEST or CANCEL (RFC 5546)."""


@dataclass(frozen=True, slots=True)
class Reminder:
    """What one receiver is told before each time; `{time}` is filled in then."""

    channel: str
    to: str
    subject: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Booking:
    """A conference at one or several times. `id` is the UID of its events."""

    id: str
    sequence: int = 0
    """How often it was changed (RFC 5545, 3.8.7.4)."""
    conference: str
    title: str
    organizer: str
    """The user who invites."""
    invited: tuple[str, ...]
    """Users by name, mail addresses and mobile numbers."""
    zone: str
    moments: tuple[int, ...]
    """When it begins, each time, in seconds since 1970, in order."""
    seconds: int
    """How long it lasts."""
    every: str = ""
    """`day`, `week` or `month` where it recurs."""
    remind: tuple[int, ...] = ()
    """Seconds before each time at which people are reminded."""
    sender: str = ""
    """What mails show as the sender's name."""
    reply_to: str = ""
    cancelled: bool = False
    letters: tuple[Letter, ...] = field(default=(), repr=False)
    reminders: tuple[Reminder, ...] = field(default=(), repr=False)

    @property
    def over(self) -> int:
        """When its last time ends."""
        return self.moments[-1] + self.seconds


def read(facts: dict[str, Any]) -> Booking:
    """A booking as it was kept."""
    letters = tuple(Letter(**each) for each in facts["letters"])
    reminders = tuple(Reminder(**each) for each in facts["reminders"])
    lists = {key: tuple(facts[key]) for key in ("invited", "moments", "remind")}
    return Booking(**{**facts, **lists, "letters": letters, "reminders": reminders})


class Bookings(Protocol):
    """One tenant lives on one core node; which one, the adapter knows."""

    async def booked(self, tenant: str) -> tuple[Booking, ...]:
        """All that are kept, by their first time."""
        ...

    async def keep(self, tenant: str, booking: Booking) -> None:
        """Keeps a booking in place of the one with its id; its letters are sent from then on.

        Raises PbxError where somebody else changed bookings of the tenant since they were asked for by `booked`: they
        may be for the same time.
        """
        ...
