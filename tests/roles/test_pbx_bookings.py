"""The sender of bookings without a mail server: each letter once, reminders in time, nothing for what is over."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "roles" / "notices" / "files"))

from pbx_notices import bookings, outlets
from pbx_notices.spool import Spool
from pbx_notices.words import Message

from tests.roles.on_a_machine import load

carried = load("asterisk_common/library", "pbx_bookings")

pytestmark = pytest.mark.row("C10")

NOW = 1_800_000_000.0
HOUR = 3600


class Sender:
    """The service's part, its clock in the test's hands."""

    def __init__(self, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.home, self.now, self.told = home, NOW, list[str]()
        monkeypatch.setattr(bookings.time, "time", lambda: self.now)
        self.spool = Spool(home / "spool")
        self.begin()

    def begin(self) -> None:
        """Starts it, or starts it again."""
        self.part = bookings.Bookings(self.home / "bookings", self.home / "sent", self.spool, self.told.append)

    def write(self, slug: str, id: str, **facts: Any) -> Path:
        booking = {
            "id": id, "sequence": 0, "zone": "Europe/Stockholm", "moments": [int(NOW) + HOUR], "seconds": HOUR,
            "remind": [900], "sender": "Acme", "reply_to": "anna@acme.example", "cancelled": False,
            "letters": [letter(0, "bo@acme.example")],
            "reminders": [{"channel": "sms", "to": "+46701740605", "subject": "", "text": "Soon: {time} {x}"}],
        } | facts  # fmt: skip
        path = self.home / "bookings" / slug / f"{id}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(booking))
        return path

    def after(self, seconds: float) -> list[tuple[str, str]]:
        """Channel and text of what is newly in the spool so much later."""
        self.now += seconds
        self.part.round()
        found = [each for channel in ("mail", "sms") for each in self.spool.waiting(channel)]
        for each in found:
            self.spool.forget(each)
        return [(each.channel, each.text) for each in found]


def letter(sequence: int, to: str) -> dict[str, Any]:
    return {
        "sequence": sequence, "at": int(NOW), "channel": "mail", "to": to, "subject": "Invitation",
        "text": f"letter {sequence}", "calendar": "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", "method": "REQUEST",
    }  # fmt: skip


@pytest.fixture
def sender(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Sender:
    return Sender(tmp_path, monkeypatch)


def test_a_letter_goes_once_and_a_reminder_when_it_is_time(sender: Sender) -> None:
    sender.write("acme", "1")
    assert sender.after(0) == [("mail", "letter 0")]
    assert sender.after(HOUR - 905) == []
    # {x} is nobody's place, and stays what somebody wrote.
    assert sender.after(6) == [("sms", "Soon: 2027-01-15 10:00 {x}")]
    assert sender.after(10) == []


def test_nothing_is_sent_again_by_one_that_starts_again_and_nothing_forgotten(sender: Sender) -> None:
    sender.write("acme", "1")
    sender.after(0)
    sender.begin()
    assert sender.after(10) == []
    sender.begin()
    # It was down when the reminder was due; the conference has not begun.
    assert [channel for channel, _ in sender.after(HOUR - 300)] == ["sms"]


@pytest.mark.parametrize("restarted", [False, True])
def test_nothing_is_sent_again_because_the_tenant_has_another_name(sender: Sender, *, restarted: bool) -> None:
    sender.write("acme", "1")
    sender.after(0)
    (sender.home / "bookings/acme").rename(sender.home / "bookings/nova")
    if restarted:
        sender.begin()
    assert sender.after(10) == []
    assert {each.name for each in (sender.home / "sent").iterdir()} == {"nova.json"}
    assert [channel for channel, _ in sender.after(HOUR - 300)] == ["sms"], "and reminders come"


def test_who_hears_of_it_too_late_is_not_reminded(sender: Sender) -> None:
    sender.write("acme", "1")
    sender.after(0)
    assert sender.after(HOUR + 1) == []
    booked = letter(0, "bo@acme.example") | {"at": int(sender.now)}
    sender.write("acme", "2", moments=[int(sender.now) + 600], letters=[booked])
    assert sender.after(5) == [("mail", "letter 0")], "booked ten minutes before: the invitation is reminder enough"


def test_a_reminder_that_was_due_before_the_booking_was_seen(sender: Sender) -> None:
    sender.write("acme", "1", moments=[int(NOW) + 910])
    assert {channel for channel, _ in sender.after(20)} == {"mail", "sms"}


def test_a_change_sends_its_letters_and_a_cancelled_one_reminds_nobody(sender: Sender) -> None:
    sender.write("acme", "1")
    sender.after(0)
    later = [letter(0, "bo@acme.example"), letter(1, "bo@acme.example"), letter(1, "eva@client.example")]
    sender.write("acme", "1", sequence=1, letters=later, moments=[int(NOW) + 2 * HOUR])
    assert sender.after(5) == [("mail", "letter 1"), ("mail", "letter 1")]
    sender.write("acme", "1", sequence=2, letters=[*later, letter(2, "bo@acme.example")], cancelled=True)
    assert sender.after(5) == [("mail", "letter 2")]
    assert sender.after(2 * HOUR - 600) == []


def test_under_another_name_nothing_is_sent_anew_and_reminders_still_go(sender: Sender) -> None:
    """As a move carries it over (decision 0024): the file is another, its id, letters and times are the same."""
    sender.write("acme", "1", conference="weekly", organizer="anna", invited=["bo"])
    sender.after(0)
    carried.carry(sender.home / "bookings/acme", "conference", "weekly", "board")
    carried.carry(sender.home / "bookings/acme", "user", "anna", "anna-b")
    there = json.loads((sender.home / "bookings/acme/1.json").read_text())
    assert (there["conference"], there["organizer"]) == ("board", "anna-b")
    assert sender.after(5) == []
    assert [channel for channel, _ in sender.after(HOUR - 300)] == ["sms"]


def test_tenants_have_bookings_of_one_name(sender: Sender) -> None:
    sender.write("acme", "1")
    sender.write("other", "1")
    assert len(sender.after(0)) == 2


def test_each_time_of_a_series_is_told(sender: Sender) -> None:
    sender.write("acme", "1", moments=[int(NOW) + HOUR, int(NOW) + 25 * HOUR], remind=[900, 300])
    sender.after(0)
    assert len(sender.after(HOUR - 200)) == 2, "both, where it looked away for so long"
    assert sender.after(300) == []
    assert len(sender.after(24 * HOUR - 900)) == 1


def test_what_is_long_over_is_deleted_and_what_is_no_booking_told_once(sender: Sender) -> None:
    over, other = sender.write("acme", "1"), sender.write("acme", "2")
    other.write_text("5")
    sender.after(0)
    sender.after(bookings.KEPT)
    assert over.exists()
    sender.after(3 * HOUR)
    assert not over.exists()
    sender.after(5)
    assert list((sender.home / "sent").iterdir()) == []
    assert sender.told == [f"{other} is no booking, and nothing is sent for it"]


@pytest.mark.parametrize(
    "spoilt",
    [
        {"moments": []},
        {"moments": "soon"},
        {"letters": [{"at": 0}]},
        {"letters": 1},
        {"reminders": [1]},
        {"zone": None},
    ],
    ids=str,
)
def test_a_booking_of_another_make_stops_nobody_elses_and_is_told_once(sender: Sender, spoilt: dict[str, Any]) -> None:
    path = sender.write("acme", "1", **{"moments": [int(NOW) + HOUR], "remind": [HOUR - 5], "letters": [], **spoilt})
    sender.write("other", "1")
    assert sender.after(0) == [("mail", "letter 0")]
    assert sender.after(10) == []
    (told,) = sender.told
    assert told.startswith(f"nothing is sent for {path} as it is: ")
    path.unlink()
    sender.write("acme", "1", letters=[letter(0, "bo@acme.example")])
    assert sender.after(10) == [("mail", "letter 0")], "once it is mended"


def test_what_cannot_be_deleted_stops_nothing_and_is_told_once(sender: Sender, monkeypatch: pytest.MonkeyPatch) -> None:
    path = sender.write("acme", "1")
    sender.after(0)

    def refuse(_: Path, **__: bool) -> None:
        raise OSError(30, "Read-only file system")

    sender.now += bookings.KEPT + 3 * HOUR
    monkeypatch.setattr(Path, "unlink", refuse)
    for _ in range(2):
        sender.now += 5
        sender.part.round()
    assert sender.told == [f"{path} is long over and cannot be deleted: Read-only file system"]


def test_a_note_that_a_full_disk_cut_off_stops_nothing(sender: Sender) -> None:
    sender.write("acme", "1")
    sender.after(0)
    (sender.home / "sent/acme.json").write_text("{")
    sender.begin()
    assert sender.after(5) == [("mail", "letter 0")]
    assert sender.told == [f"{sender.home / 'sent/acme.json'} cannot be read: letters of acme go out again"]


def test_a_mail_that_invites_is_one_that_calendars_know() -> None:
    """RFC 6047, 2.4: the object is a part of its own, whose type names the method."""
    told = letter(0, "bo@acme.example")
    message = Message(
        "1", "mail", told["to"], "Acme", "Möte", "text", NOW, "", "acme", reply_to="anna@acme.example",
        calendar=told["calendar"], method="REQUEST",
    )  # fmt: skip
    made = outlets.letter(message, None, "pbx@provider.example", "core")
    assert made["Reply-To"] == "anna@acme.example"
    assert made.get_content_type() == "multipart/alternative"
    plain, calendar = made.iter_parts()
    assert plain.get_content() == "text\n"
    assert (calendar.get_content_type(), calendar.get_param("method")) == ("text/calendar", "REQUEST")
    assert calendar.get_content().split() == ["BEGIN:VCALENDAR", "END:VCALENDAR"]
