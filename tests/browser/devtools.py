"""Headless Chromium with one page, spoken to by pipes (its DevTools protocol), so that it needs no port."""

from __future__ import annotations

import base64
import contextlib
import fcntl
import itertools
import json
import os
import select
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

FLAGS = (
    "--headless=new",
    "--no-sandbox",  # tests run as root
    "--remote-debugging-pipe",
    "--hide-scrollbars",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
)


class BrowserError(AssertionError):
    """The browser, or its page, did not do what it was told."""


class Chromium:
    """One Chromium with one page. `before` are the words of a command that runs it, such as `ip netns exec NAME`;
    `files` lie in its folder, which flags call `{folder}`."""

    def __init__(
        self, flags: Sequence[str] = (), before: Sequence[str] = (), files: Mapping[str, bytes] | None = None
    ) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="pbx-browser-")
        self.folder = Path(self._folder.name)
        for name, content in (files or {}).items():
            (self.folder / name).write_bytes(content)
        self._numbers, self._buffer = itertools.count(1), b""
        self._session = ""
        self._process = self._start(flags, before)

    def open(self, address: str, before: str = "") -> None:
        """Opens the page; what is done with it afterwards may have to wait until it is there. `before` is a script that
        runs ahead of the page's own."""
        self._session = ""
        target = self._ask("Target.createTarget", url="about:blank" if before else address)["targetId"]
        self._session = self._ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        if before:
            self._ask("Page.enable")
            self._ask("Page.addScriptToEvaluateOnNewDocument", source=before)
            self._ask("Page.navigate", url=address)

    def go_beside(self, address: str, seconds: float = 20) -> None:
        """Goes on in the page with that address, which the one before has opened beside itself."""
        self._session, deadline = "", time.monotonic() + seconds
        while True:
            there = {each["url"]: each["targetId"] for each in self._ask("Target.getTargets")["targetInfos"]}
            if address in there:
                break
            if time.monotonic() > deadline:
                raise BrowserError(f"no page {address} was opened, but {sorted(there)}")
            time.sleep(0.05)
        self._session = self._ask("Target.attachToTarget", targetId=there[address], flatten=True)["sessionId"]

    def show(self, file: Path) -> None:
        """Opens a file and waits until it is laid out."""
        address = file.absolute().as_uri()
        self.open(address)
        self.wait(f"location.href === {json.dumps(address)} && document.readyState === 'complete'")

    def wait(self, expression: str, seconds: float = 20) -> None:
        """Waits until the expression is true."""
        deadline = time.monotonic() + seconds
        while not self.evaluate(expression):
            if time.monotonic() > deadline:
                raise BrowserError(f"{expression} did not come true:\n{self.log()}")
            time.sleep(0.05)

    def look(self, width: int = 1280, height: int = 900, *, dark: bool = False, media: str = "screen") -> None:
        """Sets the size of the window in CSS pixels, the reader's scheme, and screen or print."""
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self._ask("Emulation.setEmulatedMedia", media=media, features=[scheme])
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self._ask("Emulation.setDeviceMetricsOverride", **metrics)

    def picture(self, most: int = 16_000) -> bytes:
        """The whole page, or so many pixels of it from the top, as PNG."""
        size = self._ask("Page.getLayoutMetrics")["cssContentSize"]
        clip = {"x": 0, "y": 0, "width": size["width"], "height": min(size["height"], most), "scale": 1}
        options = {"format": "png", "captureBeyondViewport": True, "clip": clip}
        return base64.b64decode(self._ask("Page.captureScreenshot", 30, **options)["data"])

    def printed(self) -> bytes:
        """The page as PDF, on the paper that it asks for."""
        self._ask("Emulation.setEmulatedMedia", media="", features=[])
        options = {"printBackground": True, "preferCSSPageSize": True}
        return base64.b64decode(self._ask("Page.printToPDF", 60, **options)["data"])

    def key(self, name: str, code: int) -> None:
        """Presses a key and lets it go."""
        for kind in ("keyDown", "keyUp"):
            self._ask("Input.dispatchKeyEvent", type=kind, key=name, windowsVirtualKeyCode=code)

    def _start(self, flags: Sequence[str], before: Sequence[str]) -> subprocess.Popen[bytes]:
        # Above those that Chromium is to find them at, so that neither is overwritten on the way.
        (its_in, self._out), (self._in, its_out) = _pipe(), _pipe()
        command = [
            *before, "bash", "-c", f'exec "$@" 3<&{its_in} 4>&{its_out}', "bash", "chromium", *FLAGS,
            *(each.format(folder=self.folder) for each in flags),
            f"--user-data-dir={self.folder}/profile",
        ]  # fmt: skip
        with (self.folder / "log").open("wb") as log:
            process = subprocess.Popen(
                command, pass_fds=(its_in, its_out), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                env={**os.environ, "HOME": str(self.folder)}, start_new_session=True,
            )  # fmt: skip
        os.close(its_in)
        os.close(its_out)
        return process

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
        return (self.folder / "log").read_text(encoding="utf-8", errors="replace")[-4000:]

    # -- the DevTools protocol: JSON, each message ended by a zero byte

    def evaluate(self, expression: str, seconds: float = 15, *, gesture: bool = False) -> Any:
        """What the expression comes to. With `gesture` the page believes that a person did it just now."""
        how = {"awaitPromise": True, "returnByValue": True, "userGesture": gesture}
        told = self._ask("Runtime.evaluate", seconds, expression=expression, **how)
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
