"""A telephone in a real browser: headless Chromium in a machine's network, with JsSIP in its page.

Chromium lives on this computer and not in the lab's image, which would grow by half for one kind of telephone; it
joins the machine's network namespace. Its microphone is a WAV file. JsSIP comes from npm as the lock file names it, and
with it axe, which looks at pages; once for each content of this folder.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import os
import shutil
import subprocess
import tempfile
import wave
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.browser.devtools import BrowserError, Chromium

HERE = Path(__file__).parent
RATE = 8000
FLAGS = (
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
    "--ignore-certificate-errors",  # a lab's edge has a certificate of its own making
)


def program() -> Path:
    """The page's program: JsSIP and `phone.js` in one file."""
    return _made() / "page.js"


def axe() -> str:
    """The script that says what of a page some people cannot use."""
    return (_made() / "axe.min.js").read_text(encoding="utf-8")


def violations(browser: Chromium) -> list[str]:
    """What axe finds on the page that some people cannot use: how bad it is, what, and where first."""
    browser.evaluate(f"{axe()};1")
    told = browser.evaluate(
        "axe.run(document, {resultTypes: ['violations']}).then(found => JSON.stringify(found.violations.map("
        "each => each.impact + ' ' + each.id + ': ' + each.help + ' ' + each.nodes[0].html)))",
        60,
    )
    return list(json.loads(told))


def keep(name: str, seen: Callable[[], bytes]) -> None:
    """What was seen goes into the folder that PBX_PICTURES names, if it names one."""
    if folder := os.environ.get("PBX_PICTURES"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        (Path(folder) / name).write_bytes(seen())


def _made() -> Path:
    """The folder of what comes from npm, made where it is not there yet."""
    sources = [HERE / name for name in ("package.json", "package-lock.json", ".npmrc", "phone.js")]
    digest = hashlib.sha256(b"".join(each.read_bytes() for each in sources)).hexdigest()[:16]
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "pbx" / "browser" / digest
    if not (home / "page.js").is_file():
        home.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=home.parent) as fresh:
            for each in sources:
                shutil.copy(each, fresh)
            _run(["npm", "ci", "--silent"], fresh)
            pack = ["node_modules/.bin/esbuild", "phone.js", "--bundle", "--format=iife", "--outfile=page.js"]
            _run(pack, fresh)
            home.mkdir(exist_ok=True)
            Path(fresh, "node_modules/axe-core/axe.min.js").replace(home / "axe.min.js")
            Path(fresh, "page.js").replace(home / "page.js")
    return home


def _run(command: list[str], folder: str) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=300)
    if done.returncode:
        raise BrowserError(f"{' '.join(command)} ended with {done.returncode}: {done.stdout}{done.stderr}")


class Browser(Chromium):
    """A telephone in the page of a Chromium. `microphone` is a WAV file that is said again and again."""

    def __init__(self, namespace: str, microphone: bytes) -> None:
        files = {
            "microphone.wav": microphone,
            "page.js": program().read_bytes(),
            "page.html": b"<!doctype html><script src=page.js></script>",
        }
        flags = (*FLAGS, "--use-file-for-fake-audio-capture={folder}/microphone.wav")
        super().__init__(flags, ["ip", "netns", "exec", namespace] if namespace else [], files)
        self.open((self.folder / "page.html").as_uri())
        self.wait("typeof phone === 'object'")

    def register(self, edge: str, account: str, domain: str, password: str) -> str:
        arguments = ", ".join(map(json.dumps, (f"wss://{edge}:7443/", f"sip:{account}@{domain}", account, password)))
        return str(self.evaluate(f"phone.register({arguments})"))

    def call(self, number: str) -> None:
        self.evaluate(f"phone.call({json.dumps(number)})")

    def until(self, *states: str, seconds: float = 15) -> str:
        """Waits for any of `called`, `ringing`, `up`, `ended`; tells which it is, and why a call ended."""
        return str(self.evaluate(f"phone.until({', '.join(map(json.dumps, states))})", seconds))

    def answer(self) -> None:
        self.evaluate("phone.answer()")

    def hang_up(self) -> None:
        self.evaluate("phone.hangUp()")

    def caller(self) -> tuple[str, str]:
        """Number and name of the far side."""
        number, name = self.evaluate("phone.caller()")
        return number, name

    def statistics(self) -> dict[str, Any]:
        return dict(self.evaluate("phone.statistics()"))

    def heard(self) -> bytes:
        """A WAV file of what came in since the call's media began."""
        out = io.BytesIO()
        with wave.open(out, "wb") as file:
            file.setparams((1, 2, RATE, 0, "NONE", ""))
            file.writeframes(base64.b64decode(self.evaluate("phone.heard()")))
        return out.getvalue()
