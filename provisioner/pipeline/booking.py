"""Bookings of telephone conferences: who is told what of a new one, a changed one and a cancelled one, and when. Pure.

`pipeline/invitations.py` makes the iCalendar objects that letters carry.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from provisioner.core.errors import UsageError
from provisioner.core.feature import Scope
from provisioner.core.findings import nearest
from provisioner.core.ports.bookings import Booking, Letter, Reminder
from provisioner.core.refs import Ref
from provisioner.features.moved.model import Move

from . import booking_words as words
from .invitations import calendar, moments

KEPT = 7 * 24 * 3600
"""Seconds that a letter stays with its booking: by then it is with whoever sends it, or was given up."""
AHEAD = 10
"""Years that somebody may book ahead: no rule of a time zone is sure for longer."""


@dataclass(frozen=True, slots=True)
class Way:
    """How people come into the conference; `pin` is empty where none is asked for."""

    numbers: tuple[str, ...]
    extension: str
    pin: str = ""
    leaders_pin: str = ""
    """Told to whoever invites, where she does not lead from her own telephone."""


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody who is invited, as she was written, with the addresses that she has."""

    named: str
    name: str
    mail: str = ""
    mobile: str = ""


@dataclass(frozen=True, slots=True)
class Made:
    """A tenant and its conference as a booking is made in them."""

    scope: Scope
    way: Way
    now: int


def ways(scope: Scope, name: str, extension: str | None) -> tuple[tuple[str, ...], str]:
    """The numbers that lead straight to a conference, and its extension; raises UsageError where nobody can call it."""
    ref = Ref("conference", name)
    numbers = tuple(str(path[1]) for path, to in scope.references if to == ref and path[0] == "numbers")
    if not numbers and not extension:
        raise UsageError(f"no number leads to the conference {name} of {scope.slug}", "give it a number or extension")
    return tuple(dict.fromkeys(numbers)), extension or ""


def guest(scope: Scope, named: str) -> Guest:
    """Raises UsageError where nobody can be told: no user, no address, or a user without any."""
    if "@" in named.strip("@") and " " not in named:
        return Guest(named, named, mail=named)
    if named.startswith("+") and named[1:].isdigit() and 7 <= len(named) <= 16:
        return Guest(named, named, mobile=named)
    user = named.removeprefix("user:")
    if user not in scope.user_names:
        near = nearest(user, scope.user_names)
        hint = f"did you mean {near}?" if near else "write a user, a mail address or a mobile number with plus"
        raise UsageError(f"nobody is called {named!r} in {scope.slug}", hint)
    mail, mobile = scope.addresses.get(user, ("", ""))
    if not mail and not mobile:
        raise UsageError(f"{user} has neither mail address nor mobile number", f"give users.{user} one, and apply")
    return Guest(user, scope.user_names[user], mail, mobile)


def checked(new: Booking, made: Made) -> Booking:
    """The booking with the address of whoever invites; raises UsageError where she, or somebody invited, has none."""
    organizer = guest(made.scope, new.organizer)
    if not organizer.mail or organizer.named not in made.scope.user_names:
        raise UsageError(f"{new.organizer} has no mail address to invite from", f"give users.{new.organizer} an email")
    if not 60 <= new.seconds <= 86_400:
        raise UsageError(f"{new.seconds} s is no length of a conference", "write one from 1m to 24h")
    begins = datetime.fromtimestamp(new.moments[0], ZoneInfo(new.zone))
    if begins.year > datetime.fromtimestamp(made.now, begins.tzinfo).year + AHEAD:
        raise UsageError(f"{begins:%Y-%m-%d} is too far away", f"book at most {AHEAD} years ahead")
    invited = tuple(dict.fromkeys(guest(made.scope, named).named for named in new.invited))
    return replace(new, invited=invited, reply_to=organizer.mail)


def under_new_names(booking: Booking, moves: Iterable[Move]) -> Booking:
    """The booking as the tenant file names conference and people now: a rename that is not applied yet is not carried
    over yet on the node either."""
    for move in moves:
        old, new = move.old.name, move.new.name
        if move.old.kind == "conference" and booking.conference == old:
            booking = replace(booking, conference=new)
        if move.old.kind == "user":
            organizer, *invited = (new if each == old else each for each in (booking.organizer, *booking.invited))
            booking = replace(booking, organizer=organizer, invited=tuple(invited))
    return booking


def without_guests(invited: Iterable[str], named: Iterable[str]) -> tuple[str, ...]:
    """Raises UsageError with the nearest where one of them is not invited."""
    there, gone = list(invited), set(named)
    for each in gone:
        if each not in there:
            near = nearest(each, there)
            hint = f"did you mean {near}?" if near else f"invited are: {', '.join(there) or 'none'}"
            raise UsageError(f"{each!r} is not invited", hint)
    return tuple(each for each in there if each not in gone)


def booked(new: Booking, others: Iterable[Booking], made: Made, count: int = 1, until: date | None = None) -> Booking:
    """A booking whose first time is `moments[0]`, made whole: its times, its letters to all, its reminders.

    Raises UsageError where the conference is held for others at one of them.
    """
    new = replace(new, moments=moments(new, count, until))
    _not_beside(new, others)
    return _told(new, (), made)


def changed(new: Booking, old: Booking, others: Iterable[Booking], made: Made) -> Booking:
    """The booking as it is now to be, as often as before from `moments[0]` on: everybody is told, also those who are no
    longer invited."""
    if (new.moments[0], new.seconds, new.title, new.invited) == (
        old.moments[0], old.seconds, old.title, old.invited,
    ):  # fmt: skip
        raise UsageError(f"nothing of the booking {old.id[:8]} is to change", "write --at, --for, --title or who comes")
    new = replace(new, moments=moments(new, len(old.moments), None))
    _not_beside(new, [each for each in others if each.id != old.id])
    return _told(replace(new, sequence=old.sequence + 1), old.letters, made, old=old)


def cancelled(old: Booking, made: Made) -> Booking:
    """Everybody who was invited is told."""
    gone = replace(old, sequence=old.sequence + 1, cancelled=True, reminders=())
    letters = _cancellations(gone, _guests(made.scope, old), made)
    return replace(gone, letters=(*_fresh(old.letters, made.now), *letters))


def _not_beside(new: Booking, others: Iterable[Booking]) -> None:
    for other in others:
        if other.cancelled or other.conference != new.conference:
            continue
        for mine in new.moments:
            for its in other.moments:
                if mine < its + other.seconds and its < mine + new.seconds:
                    when = datetime.fromtimestamp(its, ZoneInfo(new.zone))
                    raise UsageError(
                        f"the conference {new.conference} is booked for {other.title!r} from {when:%Y-%m-%d %H:%M}",
                        "choose another time or another conference",
                    )


def _guests(scope: Scope, booking: Booking) -> list[Guest]:
    """Whoever invites first. Who is no longer in the file gets no letter: her address is not known any more."""
    found = []
    for named in dict.fromkeys((booking.organizer, *booking.invited)):
        try:
            found.append(guest(scope, named))
        except UsageError:
            continue
    return found


def _organizer(scope: Scope, booking: Booking) -> Guest:
    """Whoever invites, as calendars know her: also when she is no longer in the file."""
    name = scope.user_names.get(booking.organizer, booking.organizer)
    return Guest(booking.organizer, name, mail=booking.reply_to)


def _told(new: Booking, letters: Sequence[Letter], made: Made, *, old: Booking | None = None) -> Booking:
    guests = _guests(made.scope, new)
    if old:
        there = {each.named for each in guests}
        left = [each for each in _guests(made.scope, old) if each.named not in there]
        gone = tuple(_cancellations(replace(old, sequence=new.sequence), left, made))
    else:
        gone = ()
    occasion = words.CHANGED if old else words.INVITED
    fresh = tuple(_invitations(new, guests, made, occasion))
    reminders = tuple(_reminders(new, guests, made)) if new.remind else ()
    return replace(new, letters=(*_fresh(letters, made.now), *gone, *fresh), reminders=reminders)


def _fresh(letters: Sequence[Letter], now: int) -> tuple[Letter, ...]:
    return tuple(each for each in letters if each.at > now - KEPT)


def _invitations(new: Booking, guests: Sequence[Guest], made: Made, occasion: words.Occasion) -> Iterator[Letter]:
    for each in guests:
        hers = made.way if each.named == new.organizer else replace(made.way, leaders_pin="")
        subject, text, sms = words.invitation(new, hers, made.scope, occasion)
        if each.mail:
            object_ = calendar(new, _organizer(made.scope, new), each, made.way, method="REQUEST")
            yield Letter(new.sequence, made.now, "mail", each.mail, subject, text, object_, "REQUEST")
        else:
            yield Letter(new.sequence, made.now, "sms", each.mobile, "", sms)


def _cancellations(gone: Booking, guests: Sequence[Guest], made: Made) -> Iterator[Letter]:
    for each in guests:
        subject, text, sms = words.invitation(gone, Way((), ""), made.scope, words.CANCELLED)
        if each.mail:
            object_ = calendar(gone, _organizer(made.scope, gone), each, made.way, method="CANCEL")
            yield Letter(gone.sequence, made.now, "mail", each.mail, subject, text, object_, "CANCEL")
        else:
            yield Letter(gone.sequence, made.now, "sms", each.mobile, "", sms)


def _reminders(new: Booking, guests: Sequence[Guest], made: Made) -> Iterator[Reminder]:
    """By text message to those who have a mobile number: they may be on their way."""
    subject, text, sms = words.reminder(new, made.way, made.scope)
    for each in guests:
        if each.mobile:
            yield Reminder("sms", each.mobile, "", sms)
        else:
            yield Reminder("mail", each.mail, subject, text)


def facts(booking: Booking) -> Mapping[str, object]:
    """What people and programs are shown: no letters, no PIN."""
    zone = ZoneInfo(booking.zone)
    times = [datetime.fromtimestamp(each, zone).isoformat() for each in booking.moments]
    return {
        "id": booking.id, "conference": booking.conference, "title": booking.title, "times": times,
        "seconds": booking.seconds, "every": booking.every, "organizer": booking.organizer,
        "invited": list(booking.invited), "remind": list(booking.remind), "cancelled": booking.cancelled,
        "sequence": booking.sequence,
    }  # fmt: skip
