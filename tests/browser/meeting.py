"""Somebody in a video room: headless Chromium with a camera and a microphone of its own making, on the join page."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Sequence
from typing import Any

from tests.browser.devtools import BrowserError, Chromium

FLAGS = (
    "--use-fake-device-for-media-stream=fps=10",
    "--use-fake-ui-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
    "--ignore-certificate-errors",  # a lab's edge has a certificate of its own making
    "--lang=en",
    "--window-size=1000,800",
)
KEPT = """
const Made = window.RTCPeerConnection;
window.connections = [];
window.RTCPeerConnection = class extends Made {
  constructor(...all) { super(...all); window.connections.push(this); }
};
"""
COMES_IN = """
(async () => {
  const found = [];
  for (const each of window.connections.filter(each => each.connectionState === 'connected')) {
    for (const one of (await each.getStats()).values()) {
      if (one.type === 'inbound-rtp') found.push({
        kind: one.kind, id: one.ssrc, frames: one.framesDecoded ?? 0, energy: one.totalAudioEnergy ?? 0,
        packets: one.packetsReceived, lost: one.packetsLost, width: one.frameWidth ?? 0,
      });
    }
  }
  return found;
})()
"""


class Participant(Chromium):
    """One browser on the join page. `before` are the words of a command that runs it."""

    def __init__(self, before: Sequence[str] = ()) -> None:
        super().__init__(FLAGS, before)

    def close(self) -> None:
        """Leaves as people do: whoever only vanishes stands in the room until the server misses her."""
        with contextlib.suppress(BrowserError, OSError):
            self.evaluate("document.getElementById('leave')?.click()")
            time.sleep(0.5)  # the word is on its way
        super().close()

    def arrive(self, address: str) -> None:
        """Opens a link."""
        self.open(address, KEPT)
        self.wait("document.readyState === 'complete' && !!document.getElementById('title')?.textContent")

    def see(self, element: str, seconds: float = 45) -> None:
        """Waits until an element is shown."""
        self.wait(f"!!document.getElementById({json.dumps(element)})?.checkVisibility()", seconds)

    def click(self, selector: str) -> None:
        self.evaluate(f"document.querySelector({json.dumps(selector)}).click()", gesture=True)

    def knock(self, name: str = "") -> None:
        """Asks to come in."""
        self.see("door")
        if name:
            self.evaluate(f"document.getElementById('name').value = {json.dumps(name)}")
        self.click("#join")

    def come_in(self, name: str = "") -> None:
        self.knock(name)
        # Not what is told first: somebody in the lobby is told right after it.
        self.wait("!!document.querySelector('#people li') && document.activeElement.id === 'title'", 60)

    def tab(self) -> str:
        """Presses Tab; tells which element has the keyboard then."""
        self.key("Tab", 9)
        return str(self.evaluate("document.activeElement.id"))

    def enter(self) -> None:
        """Presses Enter, which works the button that has the keyboard."""
        for kind, more in (("keyDown", {"text": "\r"}), ("keyUp", {})):
            self._ask("Input.dispatchKeyEvent", type=kind, key="Enter", windowsVirtualKeyCode=13, **more)

    def lock(self, locked: bool) -> None:
        """Turns a leader's lock, and waits until the room is so."""
        self.click("#lock")
        self.wait(f"document.getElementById('lock').ariaPressed === '{str(locked).lower()}'")

    def text(self, element: str) -> str:
        return str(self.evaluate(f"document.getElementById({json.dumps(element)}).textContent"))

    def reads(self, element: str, words: str, seconds: float = 45) -> None:
        """Waits until an element says just that."""
        deadline = time.monotonic() + seconds
        while (found := self.text(element)) != words:
            if time.monotonic() > deadline:
                raise BrowserError(f"{element} says {found!r}, expected {words!r}:\n{self.log()}")
            time.sleep(0.1)

    def people(self) -> list[str]:
        """Who and what is in the room, as the page names them."""
        return list(self.evaluate("[...document.querySelectorAll('#people p')].map(each => each.textContent)"))

    def sees(self, *people: str, seconds: float = 45) -> None:
        """Waits until just these are in the room."""
        deadline = time.monotonic() + seconds
        while sorted(found := self.people()) != sorted(people):
            if time.monotonic() > deadline:
                raise BrowserError(f"in the room are {found}, expected {list(people)}")
            time.sleep(0.1)

    def receives(self, seconds: float = 1.5) -> list[dict[str, Any]]:
        """What grew in so many seconds of each stream that comes in: `frames` of video, `energy` of audio."""
        first = {each["id"]: each for each in self.evaluate(COMES_IN)}
        time.sleep(seconds)
        grew = []
        for each in self.evaluate(COMES_IN):
            old = first.get(each["id"], {})
            growth = {key: each[key] - old.get(key, 0) for key in ("frames", "energy", "packets", "lost")}
            grew.append({**growth, "kind": each["kind"], "width": each["width"]})
        return grew

    def hears_and_sees(self) -> tuple[int, int]:
        """How many voices and pictures come in and live."""
        streams = self.receives()
        voices = sum(each["kind"] == "audio" and each["energy"] > 0 for each in streams)
        return voices, sum(each["kind"] == "video" and each["frames"] > 0 for each in streams)

    def until_receives(self, voices: int, pictures: int, seconds: float = 60) -> None:
        deadline = time.monotonic() + seconds
        while (found := self.hears_and_sees()) != (voices, pictures):
            if time.monotonic() > deadline:
                raise BrowserError(f"{found} voices and pictures come in, expected {(voices, pictures)}")
