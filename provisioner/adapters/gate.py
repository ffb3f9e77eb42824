"""The lock of a whole run: a file for each run that goes on, which the run holds by `flock`.

The kernel lets it go when the process ends, however it ends, so no lock is ever dead: a file that nobody holds is what
a killed run left, and the next run takes it away. Who comes looks at all files under a short lock, and enters where no
run that goes on is in the way. The file says who it is, and its time of change when that process last gave a sign of
life.

It tells apart runs that share the folder. Runs of other machines meet at the engine's own locks (see pulumi/locks.py).
"""

from __future__ import annotations

import fcntl
import json
import os
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from provisioner.core.audit import Origin
from provisioner.core.deployment import Event, Progress
from provisioner.core.errors import LockHeld

BEAT_SECONDS = 5.0
"""How often a run that goes on gives a sign of life."""
TELL_SECONDS = 10.0
"""How often a run that waits says for whom."""
_LOOK_SECONDS = 0.25


@dataclass(frozen=True, slots=True)
class Run:
    """A run that goes on."""

    user: str
    host: str
    pid: int
    since: str
    """UTC, ISO 8601."""
    pipeline: str
    actor: str
    tenants: tuple[str, ...]
    """Empty for all."""
    silent: float
    """Seconds since its last sign of life."""

    @property
    def owner(self) -> str:
        who = f"{self.actor or self.user} by {self.pipeline}" if self.pipeline else f"{self.user}@{self.host}"
        what = f", at {', '.join(self.tenants)} only" if self.tenants else ""
        return f"{who}, process {self.pid}{what}, since {self.since}, last sign of life {self.silent:.0f} s ago"

    def in_the_way(self, tenants: tuple[str, ...]) -> bool:
        """Whether a run at these tenants has to wait; no tenants are all."""
        return not self.tenants or not tenants or not set(self.tenants).isdisjoint(tenants)


class FolderGate:
    def __init__(self, folder: Path, origin: Callable[[], Origin], progress: Progress, wait: float = 0.0) -> None:
        self._folder = folder
        self._origin = origin
        self._progress = progress
        self._wait = wait
        """Seconds."""

    @contextmanager
    def held(self, environment: str, tenants: tuple[str, ...]) -> Iterator[None]:
        file, stream = self._entered(environment, tenants)
        ended = threading.Event()
        thread = threading.Thread(target=_beat, args=(file, ended), name="pbx-gate", daemon=True)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()
            file.unlink(missing_ok=True)
            os.close(stream)

    def running(self, environment: str) -> list[Run]:
        """Runs that go on; takes away what killed ones left."""
        if not self._folder.is_dir():
            return []
        with self._alone(environment):
            return [run for each in self._files(environment) if (run := self._look(each))]

    def _entered(self, environment: str, tenants: tuple[str, ...]) -> tuple[Path, int]:
        self._folder.mkdir(parents=True, exist_ok=True)
        begun, told = time.monotonic(), -TELL_SECONDS
        while True:
            with self._alone(environment):
                there = [run for each in self._files(environment) if (run := self._look(each))]
                first = next((each for each in there if each.in_the_way(tenants)), None)
                if first is None:
                    return self._enter(environment, tenants)
            waited = time.monotonic() - begun
            if waited >= self._wait:
                raise _held(environment, first, waited)
            if waited - told >= TELL_SECONDS:
                told = waited
                self._progress(Event(f"waiting for {first.owner}", environment))
            time.sleep(min(_LOOK_SECONDS, self._wait - waited))

    def _enter(self, environment: str, tenants: tuple[str, ...]) -> tuple[Path, int]:
        origin, now = self._origin(), datetime.now(UTC).isoformat(timespec="seconds")
        facts = {
            "user": origin.user,
            "host": origin.host,
            "pid": os.getpid(),
            "since": now,
            "pipeline": origin.pipeline,
            "actor": origin.actor,
            "tenants": tenants,
        }
        file = self._folder / f"{environment}.run-{uuid.uuid4().hex[:12]}.json"
        stream = os.open(file, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o644)
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.write(stream, json.dumps(facts).encode())
        except BaseException as error:
            os.close(stream)
            file.unlink(missing_ok=True)
            if isinstance(error, OSError):  # a disk that is full says so at a write, which names no file
                raise OSError(error.errno, error.strerror, str(file)) from error
            raise
        return file, stream

    def _files(self, environment: str) -> list[Path]:
        return sorted(self._folder.glob(f"{environment}.run-*.json"))

    def _look(self, file: Path) -> Run | None:
        """The run whose file it is; nothing where it has ended."""
        try:
            with file.open("rb") as stream:
                silent = max(0.0, time.time() - os.fstat(stream.fileno()).st_mtime)
                try:
                    fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    return _run(stream.read(), silent)
                file.unlink(missing_ok=True)
        except FileNotFoundError:
            pass  # it has just ended
        return None

    @contextmanager
    def _alone(self, environment: str) -> Iterator[None]:
        """Held for the moment of looking and entering."""
        stream = os.open(self._folder / f"{environment}.gate", os.O_RDONLY | os.O_CREAT, 0o644)
        try:
            fcntl.flock(stream, fcntl.LOCK_EX)
            yield
        finally:
            os.close(stream)


def _run(content: bytes, silent: float) -> Run:
    found: dict[str, Any] = json.loads(content)
    found["tenants"] = tuple(found["tenants"])
    return Run(**found, silent=silent)


def _beat(file: Path, ended: threading.Event) -> None:
    while not ended.wait(BEAT_SECONDS):
        try:
            os.utime(file)
        except OSError:  # somebody took the file; the lock itself is held as before
            return


def _held(environment: str, run: Run, waited: float) -> LockHeld:
    waiting = f", also after {waited:.0f} s" if waited >= 1 else ""
    return LockHeld(
        f"{environment} is locked by {run.owner}{waiting}",
        "repeat when that run has ended, or add --wait 5m; one that hangs is ended by ending its process, and its lock "
        "with it",
    )
