"""The join page and the rooms behind it, with real browsers and LiveKit's own server."""

from __future__ import annotations

from contextlib import ExitStack

import pytest

from tests.browser.chromium import keep, violations
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

        anna.lock(True)
        mia.arrive(meetings.address(meetings.link("lobby", "board", user="bo")))
        mia.knock()
        mia.reads("problem", "The meeting is locked: nobody else can come in.")

        anna.click("#people button[aria-label='Remove: Lars Ek']")
        lars.reads("status", "A leader has removed you from the meeting.")
        lars.knock()
        lars.reads("problem", "A leader has removed you from this meeting.")
        anna.lock(False)
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


@pytest.mark.row("C9")
@pytest.mark.parametrize("dark", [False, True])
def test_everybody_can_use_the_page(meetings: House, dark: bool) -> None:
    """At the door, in the room with somebody in the lobby, and where a link does not hold; wide and narrow."""
    meetings.tenant(f"axe-{dark}".lower(), room("board", lobby="guests"))
    slug = f"axe-{dark}".lower()
    with ExitStack() as browsers:
        anna, lars = (browsers.enter_context(Participant()) for _ in range(2))

        def check(width: int) -> None:
            anna.look(width, dark=dark)
            assert violations(anna) == [], width
            assert anna.evaluate("document.documentElement.scrollWidth") <= width

        anna.arrive(meetings.address(""))
        anna.reads("problem", "This page needs a link to a meeting. Ask whoever invited you for it.")
        check(1280)
        anna.arrive(meetings.address(meetings.link(slug, "board", user="anna")))
        anna.see("door")
        check(1280)
        check(400)
        lars.arrive(meetings.address(meetings.link(slug, "board", guest="")))
        lars.knock("Lars Ek")
        anna.come_in()
        anna.reads("waiting", "Lars EkLet inSend away")
        check(1280)
        anna.click("#waiting button[aria-label='Let in: Lars Ek']")
        anna.sees("Anna Berg, you, leads", "Lars Ek")
        check(400)
        keep(f"video-{dark}.png", anna.picture)


@pytest.mark.row("C9")
def test_the_keyboard_is_enough_and_what_happens_is_told(meetings: House) -> None:
    meetings.tenant("keys", room("weekly"))
    with ExitStack() as browsers:
        anna, lars = (browsers.enter_context(Participant()) for _ in range(2))
        anna.arrive(meetings.address(meetings.link("keys", "weekly", user="anna")))
        anna.see("door")
        reached = ["language", "name", "with-microphone", "with-camera", "join"]
        assert [anna.tab() for _ in reached] == reached
        anna.enter()
        anna.reads("status", "You are in the meeting.")
        anna.wait("document.activeElement.id === 'title'")
        assert [anna.tab() for _ in range(4)] == ["language", "microphone", "camera", "screen"]
        lars.arrive(meetings.address(meetings.link("keys", "weekly", guest="Lars Ek")))
        lars.come_in()
        anna.reads("status", "Lars Ek has come in.")
        anna.evaluate("document.getElementById('microphone').focus()")
        assert anna.evaluate("document.getElementById('microphone').ariaPressed") == "true"
        anna.enter()
        anna.wait("document.getElementById('microphone').ariaPressed === 'false'")
        lars.sees("Anna Berg, leads, microphone off", "Lars Ek, you")
        lars.click("#leave")
        anna.reads("status", "Lars Ek has left.")


@pytest.mark.row("C9")
def test_the_page_speaks_swedish_and_english(meetings: House) -> None:
    meetings.tenant("sprak", room("weekly", title="Veckomöte"), language="sv")
    with Participant() as anna:
        anna.arrive(meetings.address(meetings.link("sprak", "weekly", user="anna")))
        anna.see("door")
        anna.wait("document.documentElement.lang === 'sv'")
        assert (anna.text("join"), anna.text("title")) == ("Gå med", "Veckomöte")
        anna.click("#language")
        assert (anna.text("join"), anna.evaluate("document.documentElement.lang")) == ("Join", "en")
        anna.evaluate("location.reload()")
        anna.wait("document.getElementById('join')?.textContent === 'Join'")


@pytest.mark.row("C9")
def test_a_browser_without_camera_and_microphone_joins_and_is_told(meetings: House) -> None:
    meetings.tenant("blind", room("weekly"))
    with ExitStack() as browsers:
        anna, lars = (browsers.enter_context(Participant()) for _ in range(2))
        anna.arrive(meetings.address(meetings.link("blind", "weekly", user="anna")))
        anna.come_in()
        lars.arrive(meetings.address(meetings.link("blind", "weekly", guest="Lars Ek")))
        lars.see("door")
        lars.evaluate("navigator.mediaDevices.getUserMedia = () => Promise.reject(new Error('none'))")
        lars.come_in()
        lars.reads("problem", "The camera cannot be used. Others cannot see you.")
        lars.until_receives(1, 1)
        anna.sees("Anna Berg, you, leads", "Lars Ek, microphone off")
