"""Bookings: who is told what, and what a second reader of calendars makes of the invitations."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import vobject

from provisioner.core.errors import UsageError
from provisioner.core.feature import Scope
from provisioner.core.ports.bookings import Booking
from provisioner.features.moved.model import Move
from provisioner.pipeline.booking import (
    Made,
    Way,
    booked,
    cancelled,
    changed,
    checked,
    facts,
    under_new_names,
    ways,
    without_guests,
)
from tests.features.test_cases import specification_of

pytestmark = pytest.mark.row("C10")

ZONE = ZoneInfo("Europe/Stockholm")
FIRST = datetime(2027, 3, 22, 10, 0, tzinfo=ZONE)
NOW = int(datetime(2027, 3, 1, tzinfo=ZONE).timestamp())
WAY = Way(("+46850100109",), "860", "123456", "654321")
TENANT = """\
language: sv
numbers:
  "+46850100100": {kind: main, destination: "voicemail:info"}
  "+46850100109": {title: Conference, destination: "conference:weekly"}
users:
  anna: {name: Anna Berg, extension: 101, plan: business, email: anna@acme.example, voicemail: {}}
  bo: {name: Bo Ek, extension: 102, plan: business, email: bo@acme.example, mobile: "+46701740605", voicemail: {}}
  cecilia: {name: Cecilia Dahl, extension: 103, plan: business, mobile: "+46701740606", voicemail: {}}
  david: {name: David Dal, extension: 104, plan: business, voicemail: {}}
voicemail:
  info: {title: Info, extension: 950, members: [anna]}
conferences:
  weekly: {extension: 860}
add_ons: {conferences: {}}
"""


@pytest.fixture(scope="module")
def scope(tmp_path_factory: pytest.TempPathFactory) -> Scope:
    found = specification_of(TENANT, tmp_path_factory.mktemp("booking"))
    assert found.valid
    return found.scopes["acme"]


@pytest.fixture
def made(scope: Scope) -> Made:
    return Made(scope, WAY, NOW)


def wanted(**facts: Any) -> Booking:
    usual = {
        "id": "1b4e28ba", "conference": "weekly", "title": "Möte; om: \N{PARTY POPPER}, priser", "organizer": "anna",
        "invited": ("bo", "cecilia", "eva@client.example"), "zone": "Europe/Stockholm",
        "moments": (int(FIRST.timestamp()),), "seconds": 3600, "sender": "Acme",
    }  # fmt: skip
    return Booking(**usual | facts)


def new(made: Made, *, count: int = 1, until: date | None = None, **facts: Any) -> Booking:
    return booked(checked(wanted(**facts), made), (), made, count, until)


def events(booking: Booking, to: str) -> list[Any]:
    """What the second reader finds in the letters to an address, in order."""
    letters = [each for each in booking.letters if each.to == to]
    return [vobject.readOne(each.calendar) for each in letters]


def test_everybody_is_invited_by_what_she_has(made: Made) -> None:
    booking = new(made)
    assert [(each.channel, each.to, each.method) for each in booking.letters] == [
        ("mail", "anna@acme.example", "REQUEST"),
        ("mail", "bo@acme.example", "REQUEST"),
        ("sms", "+46701740606", ""),
        ("mail", "eva@client.example", "REQUEST"),
    ]
    first, second, text, _ = booking.letters
    assert second.subject == f"Inbjudan: {booking.title}"
    assert second.text.splitlines()[1:] == [
        "2027-03-22 10:00–11:00", "", "Ring +46850100109, kod 123456#", "(kollegor slår 860)", "",
        "Inbjudan från Anna Berg",
    ]  # fmt: skip
    assert "654321" in first.text, "whoever invites is told how to lead"
    assert not [each for each in booking.letters[1:] if "654321" in each.text + each.calendar]
    assert text.text == f"Inbjudan: {booking.title} 2027-03-22 10:00–11:00. Ring +46850100109, kod 123456#"


def test_a_second_reader_finds_the_event(made: Made) -> None:
    (calendar,) = events(new(made, remind=(900,)), "bo@acme.example")
    event = calendar.vevent
    assert calendar.method.value == "REQUEST"
    assert (event.uid.value, event.sequence.value, event.status.value) == ("1b4e28ba", "0", "CONFIRMED")
    assert event.summary.value == "Möte; om: \N{PARTY POPPER}, priser"
    assert event.dtstart.value.astimezone(UTC) == FIRST.astimezone(UTC)
    assert event.dtend.value - event.dtstart.value == timedelta(hours=1)
    assert event.location.value == "+46850100109, 123456#"
    assert event.contents["conference"][0].value == "tel:+46850100109;postd=p123456%23"
    assert (event.organizer.value, event.organizer.params["CN"]) == ("mailto:anna@acme.example", ["Anna Berg"])
    assert [each.value for each in event.contents["attendee"]] == ["mailto:bo@acme.example"], "and of nobody else"
    assert event.valarm.trigger.value == timedelta(minutes=-15)


@pytest.mark.parametrize(
    ("every", "first", "count", "until", "days"),
    [
        # Over the change to summer time at the end of March 2027: at ten by the clock all the same.
        ("week", FIRST, 3, None, ["03-22", "03-29", "04-05"]),
        ("week", FIRST, 1, date(2027, 4, 5), ["03-22", "03-29", "04-05"]),
        ("week", FIRST, 1, date(2027, 4, 4), ["03-22", "03-29"]),
        ("day", FIRST.replace(day=27), 3, None, ["03-27", "03-28", "03-29"]),
        ("month", FIRST.replace(day=31), 3, None, ["03-31", "05-31", "07-31"]),
    ],
)
def test_a_series_is_what_calendars_make_of_its_rule(
    every: str, first: datetime, count: int, until: date | None, days: list[str], made: Made
) -> None:
    booking = new(made, every=every, moments=(int(first.timestamp()),), count=count, until=until)
    times = [datetime.fromtimestamp(each, ZONE) for each in booking.moments]
    assert [f"{each:%m-%d %H:%M}" for each in times] == [f"{day} 10:00" for day in days]
    (calendar,) = events(booking, "bo@acme.example")
    found = [each.astimezone(ZONE) for each in calendar.vevent.getrruleset(addRDate=True)]
    assert found == times


@pytest.mark.parametrize(
    ("every", "count", "until", "told"),
    [
        ("week", 1, None, "has no end"),
        ("", 2, None, "nothing says how often it is held again"),
        ("", 1, date(2027, 4, 5), "nothing says how often it is held again"),
        ("day", 201, None, "201 times are too many"),
        ("day", 1, date(2028, 3, 22), "until 2028-03-22 it would be held more than 200 times"),
        ("day", 1, date(9999, 12, 31), "more than 200 times"),
        ("month", 1, date(9999, 12, 31), "more than 200 times"),
        ("week", 1, date(2027, 3, 21), "is before the first time"),
    ],
)
def test_a_series_that_is_none(every: str, count: int, until: date | None, told: str, made: Made) -> None:
    with pytest.raises(UsageError, match=told):
        new(made, every=every, count=count, until=until)


@pytest.mark.parametrize(("year", "refused"), [(2037, False), (2038, True), (9999, True)])
def test_how_far_ahead_somebody_may_book(year: int, refused: bool, made: Made) -> None:
    first = (int(FIRST.replace(year=year).timestamp()),)
    if not refused:
        assert new(made, moments=first).moments == first
        return
    with pytest.raises(UsageError, match=f"{year}-03-22 is too far away"):
        new(made, moments=first)


def test_a_change_is_told_to_those_who_come_and_those_who_no_longer_do(made: Made) -> None:
    old = new(made, every="week", count=2)
    later = replace(made, now=NOW + 60)
    moved = replace(
        old,
        moments=(int(FIRST.replace(hour=13).timestamp()),),
        invited=(*without_guests(old.invited, ["bo", "cecilia"]), "+46701740607"),
    )
    booking = changed(checked(moved, later), old, [old], later)
    assert (booking.sequence, len(booking.moments)) == (1, 2)
    assert [(each.to, each.method) for each in booking.letters if each.sequence == 1] == [
        ("bo@acme.example", "CANCEL"),
        ("+46701740606", ""),
        ("anna@acme.example", "REQUEST"),
        ("eva@client.example", "REQUEST"),
        ("+46701740607", ""),
    ]
    _, gone = events(booking, "bo@acme.example")
    assert (gone.method.value, gone.vevent.status.value, gone.vevent.sequence.value) == ("CANCEL", "CANCELLED", "1")
    before, after = events(booking, "eva@client.example")
    assert before.vevent.uid.value == after.vevent.uid.value
    assert after.vevent.dtstart.value.astimezone(ZONE).hour == 13
    # Letters that have long gone go with the next change.
    again = changed(replace(booking, title="Other"), booking, [], replace(made, now=NOW + 30 * 86400))
    assert len(again.letters) == 3


def test_a_cancelled_one_tells_all_and_reminds_nobody(made: Made) -> None:
    old = new(made, remind=(900,))
    gone = cancelled(old, made)
    assert (gone.cancelled, gone.sequence, gone.reminders) == (True, 1, ())
    told = [each for each in gone.letters if each.sequence == 1]
    assert [each.method for each in told] == ["CANCEL", "CANCEL", "", "CANCEL"]
    assert told[2].text == f"Inställd: {old.title} 2027-03-22 10:00–11:00"
    assert "123456" not in "".join(each.text + each.calendar for each in told)


def test_one_whose_conference_and_users_are_gone_can_be_cancelled(made: Made) -> None:
    there = replace(made.scope, user_names={}, addresses={})
    gone = cancelled(new(made), replace(made, scope=there, way=Way((), "")))
    (told,) = [each for each in gone.letters if each.sequence == 1]
    assert (told.to, told.method) == ("eva@client.example", "CANCEL")
    assert vobject.readOne(told.calendar).vevent.organizer.value == "mailto:anna@acme.example"


def test_a_change_that_is_none_is_told_to_nobody(made: Made) -> None:
    old = new(made)
    with pytest.raises(UsageError, match="nothing of the booking 1b4e28ba is to change"):
        changed(old, old, [old], made)


def test_reminders_reach_people_on_their_way(made: Made) -> None:
    booking = new(made, remind=(900,))
    assert [(each.channel, each.to) for each in booking.reminders] == [
        ("mail", "anna@acme.example"), ("sms", "+46701740605"), ("sms", "+46701740606"), ("mail", "eva@client.example"),
    ]  # fmt: skip
    assert booking.reminders[1].text == f"Påminnelse: {booking.title} {{time}}. Ring +46850100109, kod 123456#"


@pytest.mark.parametrize(
    ("other", "clashes"),
    [
        ({"moments": (int(FIRST.timestamp()) + 3600,)}, False),
        ({"moments": (int(FIRST.timestamp()) + 3599,)}, True),
        ({"moments": (int(FIRST.timestamp()) - 3600,)}, False),
        ({"moments": (int(FIRST.timestamp()) - 3599,)}, True),
        ({"conference": "board"}, False),
        ({"cancelled": True}, False),
    ],
)
def test_no_two_groups_meet_in_one_conference(other: dict[str, Any], clashes: bool, made: Made) -> None:
    there = [wanted(id="2", **other)]
    if not clashes:
        assert booked(wanted(), there, made)
        return
    with pytest.raises(UsageError, match="the conference weekly is booked for"):
        booked(wanted(), there, made)


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"organizer": "cecilia"}, "cecilia has no mail address to invite from"),
        ({"organizer": "eva@client.example"}, "has no mail address to invite from"),
        ({"invited": ("david",)}, "david has neither mail address nor mobile number"),
        ({"invited": ("anan",)}, "nobody is called 'anan'"),
        ({"invited": ("0701740605",)}, "nobody is called"),
        ({"invited": ("a@b c",)}, "nobody is called"),
        ({"seconds": 59}, "is no length"),
    ],
)
def test_refused(asked: dict[str, Any], told: str, made: Made) -> None:
    with pytest.raises(UsageError, match=told):
        checked(wanted(**asked), made)


def test_how_the_conference_is_called(scope: Scope) -> None:
    assert ways(scope, "weekly", "860") == (("+46850100109",), "860")
    assert ways(scope, "board", "861") == ((), "861")
    with pytest.raises(UsageError, match="no number leads to the conference board"):
        ways(scope, "board", None)


def test_what_is_shown_holds_no_pin(made: Made) -> None:
    assert "123456" not in str(facts(new(made)))


@pytest.mark.parametrize(
    ("moves", "conference", "organizer", "invited"),
    [
        ([("conference:weekly", "conference:board")], "board", "anna", ("bo", "cecilia", "eva@client.example")),
        ([("user:anna", "user:anna-b")], "weekly", "anna-b", ("bo", "cecilia", "eva@client.example")),
        (
            [("user:bo", "user:bosse"), ("user:bosse", "user:b")],
            "weekly",
            "anna",
            ("b", "cecilia", "eva@client.example"),
        ),
        ([("queue:weekly", "queue:bo"), ("conference:bo", "conference:x")], "weekly", "anna", wanted().invited),
    ],
)
def test_a_move_that_is_not_applied_yet_is_seen_all_the_same(
    moves: list[tuple[str, str]], conference: str, organizer: str, invited: tuple[str, ...]
) -> None:
    found = under_new_names(wanted(), [Move.model_validate({"from": old, "to": new}) for old, new in moves])
    assert found == wanted(conference=conference, organizer=organizer, invited=invited)


def test_who_is_invited_is_kept_by_name(made: Made) -> None:
    found = checked(wanted(invited=("user:bo", "bo", "cecilia", "+46701740607")), made)
    assert found.invited == ("bo", "cecilia", "+46701740607")
