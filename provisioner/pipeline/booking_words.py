"""The words in which people are told of a booking, in the tenant's language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from provisioner.core.feature import Scope
from provisioner.core.languages import best
from provisioner.core.ports.bookings import Booking

if TYPE_CHECKING:
    from .booking import Way


@dataclass(frozen=True, slots=True)
class Occasion:
    """Why somebody is told, as the beginning of subject and message."""

    sv: str
    en: str


INVITED = Occasion("Inbjudan", "Invitation")
CHANGED = Occasion("Ändrad", "Changed")
CANCELLED = Occasion("Inställd", "Cancelled")
REMINDED = Occasion("Påminnelse", "Reminder")


@dataclass(frozen=True, slots=True)
class _Language:
    conference: str
    call: str
    colleagues: str
    pin: str
    leaders_pin: str
    by: str
    times: str
    every: Mapping[str, str]


_LANGUAGES = {
    "sv": _Language(
        "telefonkonferens", "Ring", "kollegor slår", "kod", "Kod för den som leder", "Inbjudan från", "gånger",
        {"day": "varje dag", "week": "varje vecka", "month": "varje månad"},
    ),
    "en": _Language(
        "telephone conference", "Call", "colleagues dial", "PIN", "PIN of whoever leads", "Invited by", "times",
        {"day": "every day", "week": "every week", "month": "every month"},
    ),
}  # fmt: skip
SIGNS = 60
"""Of a title in a text message, so that all of it is one message."""


def invitation(booking: Booking, way: Way, scope: Scope, occasion: Occasion) -> tuple[str, str, str]:
    """Subject, mail and text message."""
    tag, told = _language(scope)
    begins = f"{getattr(occasion, tag)}: {booking.title}"
    by = f"{told.by} {scope.user_names.get(booking.organizer, booking.organizer)}"
    lines = [booking.title, when(booking, scope), "", *_calls(way, told), by]
    short = [f"{getattr(occasion, tag)}: {booking.title[:SIGNS]} {when(booking, scope)}", _short(way, told)]
    return begins, "\n".join(lines), ". ".join(each for each in short if each)


def reminder(booking: Booking, way: Way, scope: Scope) -> tuple[str, str, str]:
    """The same, with `{time}` for whoever sends it."""
    tag, told = _language(scope)
    begins = f"{getattr(REMINDED, tag)}: {booking.title}"
    short = f"{getattr(REMINDED, tag)}: {booking.title[:SIGNS]} {{time}}"
    lines = [booking.title, "{time}", "", *_calls(way, told)]
    return begins, "\n".join(lines), ". ".join(each for each in (short, _short(way, told)) if each)


def when(booking: Booking, scope: Scope) -> str:
    """`2027-01-11 10:00–11:00, every week, 10 times`."""
    _, told = _language(scope)
    zone = ZoneInfo(booking.zone)
    begins, ends = (
        datetime.fromtimestamp(each, zone) for each in (booking.moments[0], booking.moments[0] + booking.seconds)
    )
    until = f"{ends:%H:%M}" if ends.date() == begins.date() else f"{ends:%Y-%m-%d %H:%M}"
    again = f", {told.every[booking.every]}, {len(booking.moments)} {told.times}" if booking.every else ""
    return f"{begins:%Y-%m-%d %H:%M}–{until}{again}"


def _language(scope: Scope) -> tuple[str, _Language]:
    tag = best(_LANGUAGES, scope.language) or "en"
    return tag, _LANGUAGES[tag]


def _calls(way: Way, told: _Language) -> list[str]:
    lines = [_short(way, told)] if way.numbers or way.extension else []
    if way.numbers and way.extension:
        lines.append(f"({told.colleagues} {way.extension})")
    if way.leaders_pin:
        lines.append(f"{told.leaders_pin}: {way.leaders_pin}#")
    return [*lines, ""] if lines else []


def _short(way: Way, told: _Language) -> str:
    called = way.numbers[0] if way.numbers else way.extension
    if not called:
        return ""
    return f"{told.call} {called}" + (f", {told.pin} {way.pin}#" if way.pin else "")
