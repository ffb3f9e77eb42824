"""Booked telephone conferences: invitations, reminders, changes and cancellations as they arrive (row C10)."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import vobject

from provisioner.adapters.lab import catcher
from tests.lab.reception.reception import Reception

pytestmark = [pytest.mark.lab, pytest.mark.engine]

TENANT, ZONE = "conferences", ZoneInfo("Europe/Stockholm")
ANNA, BO, EVA, BOS_MOBILE = "anna@conferences.example", "bo@conferences.example", "eva@client.example", "+46701740672"
SECONDS = 20
"""Until a letter has come."""


class Post:
    """What arrived since the test began."""

    def __init__(self, reception: Reception) -> None:
        self._reception = reception
        self._before = len(catcher.caught(reception.lab.run))

    def arrived(self) -> list[catcher.Caught]:
        return list(catcher.caught(self._reception.lab.run))[self._before :]

    def until(self, wanted: Callable[[catcher.Caught], bool], count: int, seconds: float = SECONDS) -> dict[str, str]:
        """receiver → text or iCalendar object of so many that are wanted, each to somebody else."""
        ends = time.monotonic() + seconds
        while len(found := [each for each in self.arrived() if wanted(each)]) < count:
            assert time.monotonic() < ends, self.arrived()
            time.sleep(0.3)
        assert len(found) == count, found
        return {each.to[0]: each.calendar or each.text for each in found}


def event(text: str) -> tuple[str, str, str]:
    """Method, sequence and title, as a second reader of calendars finds them."""
    read = vobject.readOne(text)
    return read.method.value, read.vevent.sequence.value, read.vevent.summary.value


@pytest.mark.row("C10")
def test_c10_people_are_invited_reminded_told_of_a_change_and_of_the_end(reception: Reception, tmp_path: Path) -> None:
    post = Post(reception)
    pin = reception.pbx("pin", TENANT, "conference:weekly").strip()
    at = datetime.now(ZONE).replace(second=0, microsecond=0) + timedelta(minutes=2)
    lead = int((at - datetime.now(ZONE)).total_seconds()) - 20
    words = ("--at", f"{at:%Y-%m-%dT%H:%M}", "--by", "anna", "--invite", "bo", "--invite", EVA, "--title", "Plans")
    series = ("--every", "week", "--times", "3", "--remind", f"{lead}s")
    (made,) = reception.document("conference", "book", TENANT, "weekly", *words, *series)["bookings"]
    found = post.until(lambda each: each.subject == "Invitation: Plans", 3)
    assert set(found) == {ANNA, BO, EVA}
    hers = vobject.readOne(found[EVA])
    assert event(found[EVA]) == ("REQUEST", "0", "Plans")
    times = [each.astimezone(ZONE).isoformat() for each in hers.vevent.getrruleset(addRDate=True)]
    assert times == made["times"]
    assert hers.vevent.location.value == f"+46846500460, {pin}#"

    reminders = post.until(lambda each: "Reminder: Plans" in each.subject + each.text, 3, seconds=40)
    assert set(reminders) == {ANNA, BOS_MOBILE, EVA}
    assert reminders[BOS_MOBILE] == f"Reminder: Plans {at:%Y-%m-%d %H:%M}. Call +46846500460, PIN {pin}#"

    clash = reception.try_pbx("conference", "book", TENANT, "weekly", *words)
    assert (clash.returncode, "is booked for 'Plans'" in clash.stderr) == (64, True)
    reception.run("core", "systemctl restart pbx-notices")
    reception.pbx("conference", "change", TENANT, made["id"], "--title", "Other plans", "--without", "bo")
    found = post.until(lambda each: each.calendar != "" and event(each.calendar)[1] == "1", 3)
    assert {to: event(text) for to, text in found.items()} == {
        BO: ("CANCEL", "1", "Plans"),
        ANNA: ("REQUEST", "1", "Other plans"),
        EVA: ("REQUEST", "1", "Other plans"),
    }
    listed = reception.document("conference", "bookings", TENANT)["bookings"]
    assert [(each["id"], each["sequence"], each["invited"]) for each in listed] == [(made["id"], 1, [EVA])]

    reception.verification().deployment.belongings().export(TENANT, str(tmp_path / "out"))
    (exported,) = (tmp_path / "out").glob(f"*/bookings/{made['id']}.json")
    assert json.loads(exported.read_bytes())["title"] == "Other plans"

    reception.pbx("conference", "cancel", TENANT, made["id"][:8])
    found = post.until(lambda each: each.calendar != "" and event(each.calendar)[1] == "2", 2)
    assert {to: event(text)[0] for to, text in found.items()} == {ANNA: "CANCEL", EVA: "CANCEL"}
    assert reception.document("conference", "bookings", TENANT)["bookings"] == []
    # The restart, and all that came after it, sent nothing twice.
    assert len(post.arrived()) == 3 + 3 + 3 + 2
