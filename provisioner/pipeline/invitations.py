"""The iCalendar object of a booking, as mails carry it (RFC 5545, RFC 5546, RFC 6047), and the times of its series."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from provisioner.core.errors import UsageError
from provisioner.core.ports.bookings import Booking

from .time_zones import component

if TYPE_CHECKING:
    from .booking import Guest, Way

MOST = 200
"""Times of one booking: each series ends, and what is kept of people with it."""
LONGEST = {"day": 1, "week": 7, "month": 62}
"""Days between two times: a month without the day is passed over, and never two in a row."""
FREQUENCIES = {"day": "DAILY", "week": "WEEKLY", "month": "MONTHLY"}


def moments(booking: Booking, count: int, until: date | None) -> tuple[int, ...]:
    """When it begins, each time: as calendars that are given its rule see it (RFC 5545, 3.3.10).

    So at the same time of day by the clock on the wall, also over a change to summer time, and not in months without
    the day. Raises UsageError for a series without an end or a step, or with too many times.
    """
    import icalendar
    import recurring_ical_events

    if not booking.every:
        if count > 1 or until is not None:
            raise UsageError("nothing says how often it is held again", "write --every day, week or month")
        return booking.moments
    if count < 2 and until is None:
        raise UsageError(f"a conference every {booking.every} has no end", "write --times or --until")
    begins = _begins(booking)
    end = datetime.combine(until, datetime.max.time(), begins.tzinfo) if until else None
    if count > MOST or (end and end < begins):
        why = f"{count} times are too many" if count > MOST else f"{until} is before the first time"
        raise UsageError(why, f"write a day after the first time, and at most {MOST} times")
    event = icalendar.Event()
    event.add("dtstart", begins)
    event.add("rrule", {"FREQ": FREQUENCIES[booking.every], **({"UNTIL": end} if end else {"COUNT": count})})
    # No further than one time too many, however far away the last day is.
    last = begins + timedelta(days=(MOST + 1) * LONGEST[booking.every])
    last = min(end, last) if end else last
    found = [each.start for each in recurring_ical_events.of(event).between(begins, last + timedelta(seconds=1))]
    if len(found) > MOST:
        raise UsageError(f"until {until} it would be held more than {MOST} times", "end it earlier")
    return tuple(sorted(int(each.timestamp()) for each in found))


def _begins(booking: Booking) -> datetime:
    return datetime.fromtimestamp(booking.moments[0], ZoneInfo(booking.zone))


def calendar(booking: Booking, organizer: Guest, guest: Guest, way: Way, *, method: str) -> str:
    """One event with its series, for one guest: it names her and whoever invites, and none of the others."""
    import icalendar

    whole = icalendar.Calendar()
    whole.add("prodid", "-//pbx//conferences//EN")
    whole.add("version", "2.0")
    whole.add("method", method)
    event = icalendar.Event()
    begins = _begins(booking)
    event.add("uid", booking.id)
    event.add("sequence", booking.sequence)
    event.add("dtstamp", datetime.now(UTC))
    event.add("dtstart", begins)
    event.add("dtend", datetime.fromtimestamp(booking.moments[0] + booking.seconds, begins.tzinfo))
    event.add("summary", booking.title)
    event.add("status", "CANCELLED" if method == "CANCEL" else "CONFIRMED")
    if booking.every:
        event.add("rrule", {"FREQ": FREQUENCIES[booking.every], "COUNT": len(booking.moments)})
    if method == "REQUEST":
        _way(event, way)
        for lead in booking.remind:
            event.add_component(_alarm(booking.title, lead))
    _people(event, organizer, guest)
    if zone := component(ZoneInfo(booking.zone), begins.year):
        whole.add_component(zone)
    whole.add_component(event)
    whole.add_missing_timezones()
    return str(whole.to_ical().decode())


def _way(event: Any, way: Way) -> None:
    """As a place that people read, and as an address that calendars dial (RFC 7986, 5.11; RFC 3966)."""
    from icalendar import vUri

    called = way.numbers[0] if way.numbers else way.extension
    event.add("location", called + (f", {way.pin}#" if way.pin else ""))
    if way.numbers:
        address = f"tel:{called}" + (f";postd=p{way.pin}%23" if way.pin else "")
        event.add("conference", vUri(address), parameters={"VALUE": "URI", "FEATURE": "AUDIO,PHONE"})


def _alarm(title: str, lead: int) -> Any:
    import icalendar

    alarm = icalendar.Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", title)
    alarm.add("trigger", -timedelta(seconds=lead))
    return alarm


def _people(event: Any, organizer: Guest, guest: Guest) -> None:
    from icalendar import vCalAddress, vText

    whoever_invites = vCalAddress(f"mailto:{organizer.mail}")
    whoever_invites.params["CN"] = vText(organizer.name)
    event.add("organizer", whoever_invites, encode=False)
    attendee = vCalAddress(f"mailto:{guest.mail}")
    attendee.params["CN"] = vText(guest.name)
    attendee.params["ROLE"] = vText("REQ-PARTICIPANT")
    attendee.params["PARTSTAT"] = vText("ACCEPTED" if guest.named == organizer.named else "NEEDS-ACTION")
    event.add("attendee", attendee, encode=False)
