"""Calendars are read in processes of their own, a few at a time: a server that hangs, a text that never ends or a
recurrence that fills the memory costs nobody else anything, and is over after `SECONDS`.
"""

from __future__ import annotations

import multiprocessing
import resource
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from zoneinfo import ZoneInfo

from . import kinds
from .ical import Nonsense
from .known import Key, Known
from .meaning import Span, spans
from .sources import Away

AT_ONCE, OF_ONE_HOST = 8, 2
SECONDS = 30.0
MEMORY = 400_000_000
"""Bytes that the reading of one calendar may take."""
AHEAD = 14 * 86400
"""Seconds of the future that are known where a server is away."""

_fork = multiprocessing.get_context("fork")


@dataclass(frozen=True)
class Told:
    """What came of a reading: spans, or why there are none."""

    key: Key
    digest: str
    spans: tuple[Span, ...] = ()
    why: str = ""


@dataclass(frozen=True)
class _Reading:
    calendar: Known
    process: multiprocessing.process.BaseProcess
    pipe: Connection
    ends: float


class Reader:
    """`start` begins to read where there is room for it, `done` tells what has ended."""

    def __init__(self, read: Callable[..., list] = kinds.read, seconds: float = SECONDS) -> None:
        self._read, self._seconds = read, seconds
        self._running: dict[Key, _Reading] = {}

    def start(self, key: Key, calendar: Known, now: float) -> bool:
        """Whether it has begun, or was under way; `now` is the tenant's clock."""
        if key in self._running:
            return True
        same = sum(each.calendar.host == calendar.host for each in self._running.values())
        if len(self._running) >= AT_ONCE or same >= OF_ONE_HOST:
            return False
        ours, theirs = _fork.Pipe(duplex=False)
        process = _fork.Process(target=_child, args=(self._read, calendar, now, theirs), daemon=True)
        process.start()
        theirs.close()
        self._running[key] = _Reading(calendar, process, ours, time.monotonic() + self._seconds)
        return True

    def done(self) -> list[Told]:
        found = []
        for key, each in tuple(self._running.items()):
            told = self._told(key, each)
            if told is not None:
                found.append(told)
                del self._running[key]
                each.process.kill()
                each.process.join()
                each.process.close()
                each.pipe.close()
        return found

    def _told(self, key: Key, each: _Reading) -> Told | None:
        digest = each.calendar.digest
        if each.pipe.poll():
            try:
                kind, what = each.pipe.recv()
            except EOFError:
                return Told(key, digest, why="its reading was cut off: too much memory, or a fault")
            return Told(key, digest, tuple(what)) if kind == "spans" else Told(key, digest, why=what)
        if time.monotonic() > each.ends:
            return Told(key, digest, why=f"not read within {self._seconds:g} s")
        return None


def _child(read: Callable[..., list], calendar: Known, now: float, pipe: Connection) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    try:
        # What began before is asked for too: it may have been set late.
        events = read(calendar.kind, calendar.place, ZoneInfo(calendar.zone), now - 60, now + AHEAD)
        pipe.send(("spans", spans(events, calendar.rules)))
    except (Away, Nonsense) as error:
        pipe.send(("why", str(error)))
    except MemoryError:
        pipe.send(("why", "too much memory"))
    except Exception as error:
        # A fault of ours, or of a library's: one calendar's, and no more. Its text may hold what is in the calendar.
        pipe.send(("why", f"it cannot be understood ({type(error).__name__})"))
