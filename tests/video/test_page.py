"""The join page and the rooms behind it, with real browsers and LiveKit's own server."""

from __future__ import annotations

from contextlib import ExitStack

import pytest

from tests.browser.meeting import Participant
from tests.video.kit import House, room


@pytest.mark.row("C9")
def test_c9_three_browsers_hear_and_see_each_other(meetings: House) -> None:
    meetings.tenant("three", room("weekly"))
    with ExitStack() as browsers:
        anna, bo, lars = (browsers.enter_context(Participant()) for _ in range(3))
        anna.arrive(meetings.address(meetings.link("three", "weekly", user="anna")))
        anna.come_in()
        bo.arrive(meetings.address(meetings.link("three", "weekly", user="bo")))
        bo.come_in()
        lars.arrive(meetings.address(meetings.link("three", "weekly", guest="Lars Ek")))
        lars.come_in()
        for each in (anna, bo, lars):
            each.until_receives(2, 2)
        lars.sees("Anna Berg, leads", "Bo Dahl", "Lars Ek, you")
        lars.click("#screen")
        anna.until_receives(3, 3)  # a shared screen has a sound of its own
        anna.sees("Anna Berg, you, leads", "Bo Dahl", "Lars Ek", "Lars Ek, screen")


@pytest.mark.row("C9")
def test_c9_whoever_is_one_too_many_is_told(meetings: House) -> None:
    meetings.tenant("small", room("two", most=2))
    with ExitStack() as browsers:
        first, second, third = (browsers.enter_context(Participant()) for _ in range(3))
        for each, name in ((first, "Ada"), (second, "Bea")):
            each.arrive(meetings.address(meetings.link("small", "two", guest="")))
            each.come_in(name)
        third.arrive(meetings.address(meetings.link("small", "two", guest="Cia")))
        third.knock()
        third.reads("problem", "The meeting is full: 2 are in it, and no more may be.")
        second.click("#leave")
        second.reads("status", "You have left the meeting.")
        first.sees("Ada, you")
        third.come_in()


@pytest.mark.row("C9")
def test_c9_a_leader_lets_in_mutes_removes_and_locks(meetings: House) -> None:
    meetings.tenant("lobby", room("board", lobby="guests"))
    with ExitStack() as browsers:
        anna, lars, mia = (browsers.enter_context(Participant()) for _ in range(3))
        lars.arrive(meetings.address(meetings.link("lobby", "board", guest="Lars Ek")))
        lars.knock()
        lars.reads("status", "A leader will let you in soon. Keep this page open.")
        anna.arrive(meetings.address(meetings.link("lobby", "board", user="anna")))
        anna.come_in()
        anna.reads("waiting", "Lars EkLet inSend away")
        assert anna.people() == ["Anna Berg, you, leads"]
        anna.click("#waiting button[aria-label='Let in: Lars Ek']")
        anna.until_receives(1, 1)

        anna.click("#people button[aria-label='Mute: Lars Ek']")
        anna.sees("Anna Berg, you, leads", "Lars Ek, microphone off")
        lars.sees("Anna Berg, leads", "Lars Ek, you, microphone off")
        anna.until_receives(0, 1)

        anna.click("#lock")
        mia.arrive(meetings.address(meetings.link("lobby", "board", user="bo")))
        mia.knock()
        mia.reads("problem", "The meeting is locked: nobody else can come in.")

        anna.click("#people button[aria-label='Remove: Lars Ek']")
        lars.reads("status", "A leader has removed you from the meeting.")
        lars.knock()
        lars.reads("problem", "A leader has removed you from this meeting.")
        anna.click("#lock")
        mia.come_in()
        anna.click("#end")
        mia.reads("status", "The meeting has been ended.")


@pytest.mark.row("C8")
def test_c8_a_colleague_opens_a_room_and_calls_another(meetings: House) -> None:
    meetings.tenant("pair")
    with ExitStack() as browsers:
        bo, anna = (browsers.enter_context(Participant()) for _ in range(2))
        bo.arrive(meetings.address(meetings.link("pair", user="bo")))
        bo.see("open")
        bo.click("#open")
        bo.come_in()
        bo.see("for-colleagues")
        assert bo.evaluate("document.getElementById('for-guests').hidden"), "Bo may ask in nobody from outside"
        room = bo.evaluate("document.getElementById('colleagues').value")
        anna.arrive(room)
        anna.reads("problem", "Open your own link once in this browser first; then this one leads you in.")
        anna.arrive(meetings.address(meetings.link("pair", user="anna")))
        anna.see("open")
        anna.arrive(room)
        anna.come_in()
        bo.until_receives(1, 1)
        anna.until_receives(1, 1)
        anna.click("#screen")
        bo.until_receives(2, 2)
