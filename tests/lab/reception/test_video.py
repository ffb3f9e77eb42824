"""Video rooms (C8, C9): browsers join by the edge's own page and meet over LiveKit."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest

from tests.browser.meeting import Participant
from tests.lab.reception.reception import Reception
from tests.provider_folder import WHATEVER_GOES

pytestmark = [pytest.mark.lab, pytest.mark.engine]


@contextmanager
def people(reception: Reception, count: int) -> Iterator[list[Participant]]:
    """Browsers in the network of users' telephones."""
    before = ["ip", "netns", "exec", reception.lab.namespace("phones")]
    with ExitStack() as browsers:
        yield [browsers.enter_context(Participant(before)) for _ in range(count)]


def link(reception: Reception, *words: str, tenant: str = "video") -> str:
    return reception.pbx("conference", "link", tenant, *words).strip()


@pytest.mark.row("C9")
def test_c9_three_browsers_in_one_conference_hear_see_and_share(reception: Reception) -> None:
    with people(reception, 3) as (anna, bo, lars):
        for who, words in (
            (anna, ("weekly", "--user", "anna")),
            (bo, ("weekly", "--user", "bo")),
            (lars, ("weekly", "--guest", "Lars Ek")),
        ):
            who.arrive(link(reception, *words))
            who.come_in()
        for each in (anna, bo, lars):
            each.until_receives(2, 2)
        lars.sees("Anna Berg, leads", "Bo Dahl", "Lars Ek, you")
        lars.click("#screen")
        anna.until_receives(3, 3)
        anna.sees("Anna Berg, you, leads", "Bo Dahl", "Lars Ek", "Lars Ek, screen")
        lost = sum(each["lost"] for each in anna.receives(3.0))
        assert lost <= 5, f"{lost} packets were lost on the way to Anna"


@pytest.mark.row("C9")
def test_c9_the_limit_of_a_room_is_held_and_told(reception: Reception) -> None:
    with people(reception, 5) as (*four, late):
        for number, who in enumerate(four):
            who.arrive(link(reception, "four"))
            who.come_in(f"Guest {number}")
        late.arrive(link(reception, "four", "--user", "anna"))
        late.knock()
        late.reads("problem", "The meeting is full: 4 are in it, and no more may be.")


@pytest.mark.row("C9")
def test_c9_fifty_are_declared_and_laid_down(reception: Reception) -> None:
    told = json.loads(reception.run("edge", "cat /etc/pbx-video/tenants/video.json"))
    assert {each["id"]: each["most"] for each in told["rooms"]} == {"weekly": 50, "four": 4, "board": 50}


@pytest.mark.row("C9")
def test_c9_a_leader_admits_mutes_locks_and_removes(reception: Reception) -> None:
    with people(reception, 2) as (anna, lars):
        lars.arrive(link(reception, "board", "--guest", "Lars Ek"))
        lars.knock()
        lars.reads("status", "A leader will let you in soon. Keep this page open.")
        anna.arrive(link(reception, "board", "--user", "anna"))
        anna.come_in()
        anna.reads("waiting", "Lars EkLet inSend away")
        anna.click("#waiting button[aria-label='Let in: Lars Ek']")
        anna.until_receives(1, 1)
        anna.click("#people button[aria-label='Mute: Lars Ek']")
        anna.until_receives(0, 1)
        anna.lock(True)
        anna.click("#people button[aria-label='Remove: Lars Ek']")
        lars.reads("status", "A leader has removed you from the meeting.")


@pytest.mark.row("C8")
def test_c8_a_colleague_calls_another_in_a_room_that_he_opens(reception: Reception) -> None:
    with people(reception, 2) as (bo, anna):
        bo.arrive(link(reception, "--user", "bo"))
        bo.see("open")
        bo.click("#open")
        bo.come_in()
        bo.see("for-colleagues")
        assert bo.evaluate("document.getElementById('for-guests').hidden"), "Bo's plan has no meetings"
        anna.arrive(link(reception, "--user", "anna"))
        anna.see("open")
        anna.arrive(bo.evaluate("document.getElementById('colleagues').value"))
        anna.come_in()
        bo.until_receives(1, 1)
        anna.click("#screen")
        bo.until_receives(2, 2)


@pytest.mark.row("C9")
def test_c9_rooms_of_one_name_are_each_tenants_own(reception: Reception) -> None:
    with people(reception, 2) as (anna, other):
        anna.arrive(link(reception, "weekly", "--user", "anna"))
        anna.come_in()
        other.arrive(link(reception, "weekly", "--user", "anna", tenant="video-b"))
        other.come_in()
        assert (anna.people(), other.people()) == (["Anna Berg, you, leads"], ["Anna Other, you, leads"])


@pytest.mark.row("C9")
def test_c9_what_is_changed_by_hand_is_told_and_healed(reception: Reception) -> None:
    file = "/etc/pbx-video/tenants/video.json"
    reception.run("edge", f'sed -i \'s/"most": 4,/"most": 9,/\' {file}')
    (told,) = reception.document("drift", "video", code=2)["drift"]
    assert (told["host"], told["object"]) == ("edge", file), told
    reception.pbx("apply", "--yes", "--again", "--target", "video")
    assert '"most": 4,' in reception.run("edge", f"cat {file}")


@pytest.mark.row("C9")
def test_c9_a_room_that_goes_from_the_file_ends_and_others_go_on(reception: Reception) -> None:
    with people(reception, 2) as (anna, lars):
        anna.arrive(link(reception, "weekly", "--user", "anna"))
        anna.come_in()
        lars.arrive(link(reception, "four", "--guest", "Lars Ek"))
        lars.come_in()
        room = "    four: {title: Four at most, leaders: [anna], lobby: nobody, max_participants: 4}\n"
        with reception.changed("video", {room: ""}):
            reception.pbx("apply", "--yes", *WHATEVER_GOES)
            lars.reads("status", "The meeting has been ended.")
            lars.knock()
            lars.reads("problem", "This meeting no longer exists, or you may no longer take part.")
            assert anna.text("status") != "The meeting has been ended."
            anna.sees("Anna Berg, you, leads")  # as soon as whoever was there before is missed


@pytest.mark.row("C9")
def test_c9_only_what_browsers_need_is_reached(reception: Reception) -> None:
    """LiveKit's API and the door's port are the edge's own; both services are unprivileged."""
    slot = reception.lab.status().slot
    ask = "curl -sk -o /dev/null -m 5 -w '%{http_code}' -X POST"
    for path, code in (
        ("twirp/livekit.RoomService/ListRooms", "404"),
        ("join/media/twirp/livekit.RoomService/ListRooms", "403"),
    ):
        assert reception.run("phones", f"{ask} https://198.19.{slot}.20/{path}") == code
    for port in (7880, 7890):
        assert reception.run("phones", f"{ask} http://198.19.{slot}.20:{port}/ || true") == "000"
    for service in ("pbx-livekit", "pbx-meet"):
        shown = reception.run("edge", f"systemctl show {service} -p User -p CapabilityBoundingSet -p MemoryCurrent")
        assert "User=pbx-video" in shown
        assert "CapabilityBoundingSet=\n" in f"{shown}\n"
    lines = reception.run("edge", "cat /proc/$(systemctl show -P MainPID pbx-livekit)/cmdline | tr '\\0' ' '")
    assert lines.strip() == "/usr/local/lib/pbx/livekit-server --config /etc/pbx-video/livekit.yaml"
