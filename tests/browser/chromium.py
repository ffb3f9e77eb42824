"""A telephone in a real browser: headless Chromium in a machine's network, with JsSIP in its page.

Chromium lives on this computer and not in the lab's image, which would grow by half for one kind of telephone; it
joins the machine's network namespace. It is spoken to by pipes (its DevTools protocol), so it needs no port. Its
microphone is a WAV file. JsSIP comes from npm as the lock file names it, once for each content of this folder.
"""

from __future__ import annotations

import base64
import contextlib
import fcntl
import hashlib
import io
import itertools
import json
import os
import select
import shutil
import subprocess
import tempfile
import time
import wave
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self

HERE = Path(__file__).parent
RATE = 8000
FLAGS = (
    "--headless=new",
    "--no-sandbox",  # tests run as root
    "--remote-debugging-pipe",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
    "--ignore-certificate-errors",  # a lab's edge has a certificate of its own making
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
)


class BrowserError(AssertionError):
    """The browser, or its page, did not do what it was told."""


def program() -> Path:
    """The page's program: JsSIP and `phone.js` in one file, made where it is not there yet."""
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
            Path(fresh, "page.js").replace(home / "page.js")
    return home / "page.js"


def _run(command: list[str], folder: str) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=300)
    if done.returncode:
        raise BrowserError(f"{' '.join(command)} ended with {done.returncode}: {done.stdout}{done.stderr}")


class Browser:
    """One Chromium with one page. `microphone` is a WAV file that is said again and again."""

    def __init__(self, namespace: str, microphone: bytes) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="pbx-browser-")
        folder = Path(self._folder.name)
        (folder / "microphone.wav").write_bytes(microphone)
        shutil.copy(program(), folder / "page.js")
        (folder / "page.html").write_text("<!doctype html><script src=page.js></script>", encoding="utf-8")
        self._numbers, self._buffer = itertools.count(1), b""
        self._process = self._start(namespace, folder)
        self._session = ""
        target = self._ask("Target.createTarget", url=(folder / "page.html").as_uri())["targetId"]
        self._session = self._ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self._loaded()

    def _start(self, namespace: str, folder: Path) -> subprocess.Popen[bytes]:
        # Above those that Chromium is to find them at, so that neither is overwritten on the way.
        (its_in, self._out), (self._in, its_out) = _pipe(), _pipe()
        inside = ["ip", "netns", "exec", namespace] if namespace else []
        command = [
            *inside, "bash", "-c", f'exec "$@" 3<&{its_in} 4>&{its_out}', "bash", "chromium", *FLAGS,
            f"--user-data-dir={folder}/profile", f"--use-file-for-fake-audio-capture={folder}/microphone.wav",
        ]  # fmt: skip
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(
                command, pass_fds=(its_in, its_out), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                env={**os.environ, "HOME": str(folder)}, start_new_session=True,
            )  # fmt: skip
        os.close(its_in)
        os.close(its_out)
        return process

    def _loaded(self) -> None:
        deadline = time.monotonic() + 20
        while self.evaluate("typeof phone") != "object":
            if time.monotonic() > deadline:
                raise BrowserError(f"the page did not load:\n{self.log()}")
            time.sleep(0.05)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Ends the browser as a person would, by closing it; what does not go is killed."""
        with contextlib.suppress(BrowserError, OSError):
            self._session = ""
            self._ask("Browser.close")
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, 9)
            self._process.wait()
        os.close(self._in)
        os.close(self._out)
        self._folder.cleanup()

    def log(self) -> str:
        return Path(self._folder.name, "log").read_text(encoding="utf-8", errors="replace")[-4000:]

    # -- the telephone

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

    # -- the DevTools protocol: JSON, each message ended by a zero byte

    def evaluate(self, expression: str, seconds: float = 15) -> Any:
        told = self._ask("Runtime.evaluate", seconds, expression=expression, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in told:
            raise BrowserError(f"{expression}: {told['exceptionDetails']}")
        return told["result"].get("value")

    def _ask(self, method: str, seconds: float = 15, /, **parameters: Any) -> Any:
        number = next(self._numbers)
        message = {"id": number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._out, json.dumps(message).encode() + b"\0")
        for told in self._messages(time.monotonic() + seconds):
            if told.get("id") == number:
                if "error" in told:
                    raise BrowserError(f"{method}: {told['error']}")
                return told["result"]
        raise BrowserError(f"{method} {parameters}: no answer within {seconds:g} s\n{self.log()}")

    def _messages(self, deadline: float) -> Iterator[dict[str, Any]]:
        while True:
            head, found, rest = self._buffer.partition(b"\0")
            if found:
                self._buffer = rest
                yield json.loads(head)
                continue
            if not select.select([self._in], [], [], max(0.0, deadline - time.monotonic()))[0]:
                return
            data = os.read(self._in, 1 << 20)
            if not data:
                raise BrowserError(f"the browser is gone:\n{self.log()}")
            self._buffer += data


def _pipe() -> tuple[int, int]:
    read, write = os.pipe()
    moved = [fcntl.fcntl(each, fcntl.F_DUPFD_CLOEXEC, 20) for each in (read, write)]
    os.close(read)
    os.close(write)
    return moved[0], moved[1]
