"""Somebody who chats with a browser: headless Chromium on the page of her tenant."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from tests.browser.devtools import Chromium

FLAGS = (
    "--ignore-certificate-errors",  # a lab's edge has a certificate of its own making
    "--lang=de",
    "--window-size=1100,800",
)
NOTED = """
window.forbidden = [];
document.addEventListener('securitypolicyviolation', each => {
  window.forbidden.push(`${each.effectiveDirective} ${each.blockedURI} ${each.sourceFile}:${each.lineNumber}`);
});
"""
FOREIGN = """
performance.getEntriesByType('resource').map(each => each.name)
  .filter(each => !each.startsWith(location.origin + '/') && !each.startsWith('data:') && !each.startsWith('blob:'))
"""


class Chatter(Chromium):
    """One browser on a chat page. `before` are the words of a command that runs it."""

    def __init__(self, before: Sequence[str] = ()) -> None:
        super().__init__(FLAGS, before)

    def sign_in(self, address: str, user: str, password: str) -> None:
        self.open(address, NOTED)
        self.wait("!!document.querySelector('#converse-login input[type=password]')", 45)
        self.fill("#converse-login [name=jid]", user)
        self.fill("#converse-login [name=password]", password)
        self.click("#converse-login [type=submit]")

    def fill(self, selector: str, text: str) -> None:
        field = f"document.querySelector({json.dumps(selector)})"
        self.evaluate(
            f"{field}.value = {json.dumps(text)}; {field}.dispatchEvent(new Event('input', {{bubbles: true}}))"
        )

    def click(self, selector: str) -> None:
        self.evaluate(f"document.querySelector({json.dumps(selector)}).click()", gesture=True)

    def forbidden(self) -> list[str]:
        """What the page wanted to do and its policy forbade, and what it fetched elsewhere."""
        return [*self.evaluate("window.forbidden"), *self.evaluate(FOREIGN)]

    def opens(self, address: str) -> None:
        """Opens what her list shows: a colleague, or a channel."""
        entry = f".open-chat[data-jid='{address}'], .open-room[data-room-jid='{address}']"
        self.wait(f"!!document.querySelector({json.dumps(entry)})")
        self.click(entry)
        self.wait(f"!!document.querySelector({json.dumps(self._field(address))})")

    def writes(self, address: str, text: str) -> None:
        self.fill(self._field(address), text)
        self.click(f".chatbox[jid='{address}'] .send-button")

    def reads(self, address: str, text: str) -> None:
        """Waits until a message just so is shown to her."""
        shown = json.dumps(f".chatbox[jid='{address}'] .chat-msg__text")
        self.wait(
            f"[...document.querySelectorAll({shown})].some(each => each.textContent.trim() === {json.dumps(text)})"
        )

    def sends(self, address: str, file: Path) -> None:
        self._ask("DOM.enable")
        page = self._ask("DOM.getDocument", depth=0)["root"]["nodeId"]
        field = f".chatbox[jid='{address}'] input[type=file]"
        found = self._ask("DOM.querySelector", nodeId=page, selector=field)["nodeId"]
        self._ask("DOM.setFileInputFiles", files=[str(file)], nodeId=found)

    def is_shown(self, address: str, name: str) -> None:
        """Waits until a picture with that name is shown to her, loaded."""
        shown = json.dumps(f".chatbox[jid='{address}'] .chat-msg__body img[src$='/{name}']")
        self.wait(f"(document.querySelector({shown})?.naturalWidth ?? 0) > 0")

    def refused(self, words: str) -> None:
        """Waits until the form says why she is not let in."""
        self.wait(f"document.querySelector('#converse-login')?.innerText.includes({json.dumps(words)})")

    def sees(self, *channels: str) -> None:
        """Waits until the titles in her list are just these."""
        shown = "[...document.querySelectorAll('.open-room')].map(each => each.dataset.roomName).sort()"
        self.wait(f"JSON.stringify({shown}) === JSON.stringify({json.dumps(sorted(channels))})")

    def follows(self, link: str) -> None:
        """Clicks a link in what she reads, and goes on in the page that opens beside."""
        self.click(f".chat-msg__text a[href={json.dumps(link)}]")
        self.go_beside(link)

    @staticmethod
    def _field(address: str) -> str:
        return f".chatbox[jid='{address}'] .chat-textarea"
