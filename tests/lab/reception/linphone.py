"""Linphone itself, in a lab machine's network: told nothing but the link of its settings.

Its sound is files. It checks the edge's certificate against the one that the edge has, but not its name: a lab's edge
has only an address, which Linphone's TLS library cannot compare.
"""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Self

PROBED = "87.98.157.38"
"""Linphone believes in a network as long as there is a route to this address; it sends nothing there."""


class Linphone:
    """One `linphonec`; it says `microphone`, a WAV file, in each call."""

    def __init__(self, namespace: str, link: str, certificate: str, microphone: bytes) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="pbx-linphone-")
        self.folder = Path(self._folder.name)
        (self.folder / ".local/share/linphone").mkdir(parents=True)
        (self.folder / "edge.pem").write_text(certificate, encoding="utf-8")
        (self.folder / "says.wav").write_bytes(microphone)
        settings = [
            "[misc]", f"config-uri={link}",
            "[sip]", f"root_ca={self.folder}/edge.pem", "verify_server_cn=0", "sip_port=-1", "sip_tcp_port=-1",
            "sip_tls_port=-1",
        ]  # fmt: skip
        (self.folder / "linphonerc").write_text("\n".join([*settings, ""]), encoding="utf-8")
        inside = ["ip", "netns", "exec", namespace]
        subprocess.run([*inside, "ip", "route", "replace", PROBED, "dev", "public"], check=True)
        self._log = (self.folder / "said").open("wb")
        self._process = subprocess.Popen(
            [*inside, "linphonec", "-c", "linphonerc", "-d", "5", "-l", "log"],
            cwd=self.folder, env={**os.environ, "HOME": str(self.folder)},
            stdin=subprocess.PIPE, stdout=self._log, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.wait()
        self._log.close()
        self._folder.cleanup()

    def tell(self, *commands: str) -> None:
        assert self._process.stdin
        for each in commands:
            self._process.stdin.write(f"{each}\n")
            self._process.stdin.flush()

    def until(self, pattern: str, seconds: float = 15, *, ask: str = "") -> str:
        """Waits until it has said something like that; `ask` is a command to be repeated meanwhile."""
        deadline = time.monotonic() + seconds
        while not (found := re.search(pattern, self.said())):
            if time.monotonic() > deadline or self._process.poll() is not None:
                raise AssertionError(f"no {pattern!r} in {seconds:g} s:\n{self.said()[-2000:]}\n{self.log()[-3000:]}")
            if ask:
                self.tell(ask)
            time.sleep(0.3)
        return found[0]

    def said(self) -> str:
        return (self.folder / "said").read_text(encoding="utf-8", errors="replace")

    def log(self) -> str:
        file = self.folder / "log"
        return file.read_text(encoding="utf-8", errors="replace") if file.exists() else ""

    def take_files(self) -> None:
        """Speaks and hears by files from the next call on; to be told after it has fetched its settings."""
        self.tell("soundcard use files", f"record {self.folder}/heard.wav")

    def speak(self) -> None:
        """Says what it has to say, in a call that is up."""
        self.tell(f"play {self.folder}/says.wav")

    def heard(self) -> bytes:
        return (self.folder / "heard.wav").read_bytes()
