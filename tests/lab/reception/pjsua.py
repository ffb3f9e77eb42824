"""A telephone of PJSIP's in a lab machine's network, driven by a test (`pjsua_phone` is the program)."""

from __future__ import annotations

import json
import queue
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

PROGRAM = Path(__file__).with_name("pjsua_phone.py")


class Pjsua:
    """Registers as it begins; says `microphone`, a WAV file of 8 or 16 kHz, over and over in each call."""

    def __init__(self, namespace: str, account: Mapping[str, str], microphone: bytes) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="pbx-pjsua-")
        folder = Path(self._folder.name)
        (folder / "says.wav").write_bytes(microphone)
        self._heard = folder / "heard.wav"
        self._process = subprocess.Popen(
            ["ip", "netns", "exec", namespace, sys.executable, PROGRAM],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        self._events: queue.Queue[dict[str, Any]] = queue.Queue()
        threading.Thread(target=self._listen, daemon=True).start()
        # By standard input: a password is in no list of processes.
        self._write(json.dumps({**account, "says": str(folder / "says.wav"), "hears": str(self._heard)}))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
        self._folder.cleanup()

    def close(self) -> None:
        """Ends the program, and writes its recording to the end."""
        assert self._process.stdin
        self._process.stdin.close()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def do(self, *command: str) -> None:
        self._write(" ".join(command))

    def until(self, event: str, seconds: float = 15) -> dict[str, Any]:
        """Waits for the event; those before it are passed over."""
        seen = []
        while True:
            try:
                found = self._events.get(timeout=seconds)
            except queue.Empty:
                raise AssertionError(f"no {event!r} within {seconds:g} s, but {seen}") from None
            if found["event"] == event:
                return found
            seen.append(found)

    def heard(self) -> bytes:
        """All that it has heard; to be asked after `close`."""
        return self._heard.read_bytes()

    def _write(self, line: str) -> None:
        assert self._process.stdin
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()

    def _listen(self) -> None:
        assert self._process.stdout
        for line in self._process.stdout:
            if line.startswith("{"):
                self._events.put(json.loads(line))
