"""Follows the channel event log: rows of calls that are up wait on the disk until their call has ended.

So a restart of this service, of Asterisk or of the node loses no call, and what is read twice is written once.
"""

from __future__ import annotations

import contextlib
import sqlite3
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from pbx_notices.follow import Follower

from .gather import Entry, Messages, entries
from .rows import Row, read

LOG = Path("/var/log/asterisk/cel-custom/calls.csv")
GIVEN_UP = 12 * 3600
"""Seconds after which a call of which nothing more is heard has ended: Asterisk crashed, and wrote no end."""
SWEEP = 60.0
"""Seconds between two looks for such calls."""

Keep = Callable[[str, list[Entry]], None]


class Calls:
    """Calls that are up. `keep` takes a tenant's entries of those that have ended."""

    def __init__(self, folder: Path, messages: Messages, keep: Keep, clock: Callable[[], float] = time.time) -> None:
        self._messages, self._keep, self._clock = messages, keep, clock
        self._file = sqlite3.connect(folder / "open-calls.db")
        self._file.execute("CREATE TABLE IF NOT EXISTS rows (call, line, PRIMARY KEY (call, line))")
        self._rows: dict[str, list[Row]] = defaultdict(list)
        self._up: dict[str, set[str]] = defaultdict(set)
        self._call_of: dict[str, str] = {}
        self._seen: set[tuple[str, str]] = set()
        for call, line in self._file.execute("SELECT call, line FROM rows ORDER BY rowid"):
            if row := read(line):
                self._add(call, row, line)

    def told(self, lines: Iterable[str]) -> None:
        """New rows; calls that end with them are kept, and then forgotten here."""
        with self._file:
            for line in lines:
                row = read(line)
                call = self._take(row, line) if row else ""
                if call:
                    self._file.execute("INSERT OR IGNORE INTO rows VALUES (?, ?)", (call, line))
        self._end(call for call in tuple(self._rows) if not self._up[call])

    def sweep(self) -> None:
        long_ago = self._clock() - GIVEN_UP
        self._end(call for call, rows in tuple(self._rows.items()) if rows[-1].time < long_ago)

    def _take(self, row: Row, line: str) -> str:
        """The call that the row belongs to; empty where it is known already, or of a call that was never begun."""
        if row.event == "CHAN_START":
            self._call_of.setdefault(row.leg, row.call)
        call = self._call_of.get(row.leg, "")
        if call and row.name == "takes":
            call = self._joined(row, call)
        if not call or (call, line) in self._seen:
            return ""
        self._add(call, row, line)
        return call

    def _add(self, call: str, row: Row, line: str) -> None:
        self._seen.add((call, line))
        self._rows[call].append(row)
        self._call_of[row.leg] = call
        if row.event == "CHAN_END":
            self._up[call].discard(row.leg)
        else:
            self._up[call].add(row.leg)

    def _joined(self, row: Row, call: str) -> str:
        """Who picks a call up had one of her own, to the phone code: from now on her leg is part of what she took."""
        taken = row.words[2] if len(row.words) > 2 else ""
        if taken == call or taken not in self._rows:
            return call
        self._up[call].discard(row.leg)
        return taken

    def _end(self, calls: Iterator[str]) -> None:
        ended = list(calls)
        found: dict[str, list[Entry]] = defaultdict(list)
        for call in ended:
            for slug, entry in entries(self._rows[call], self._messages):
                found[slug].append(entry)
        for slug, each in found.items():
            self._keep(slug, each)
        with self._file:
            self._file.executemany("DELETE FROM rows WHERE call = ?", [(call,) for call in ended])
        for call in ended:
            legs = {row.leg for row in self._rows.pop(call)}
            self._up.pop(call, None)
            for leg in legs:
                if self._call_of.get(leg) == call:
                    del self._call_of[leg]
        if ended:
            self._seen = {each for each in self._seen if each[0] in self._rows}

    def close(self) -> None:
        self._file.close()


class Reader:
    """Reads what is new in the log, again and again."""

    def __init__(self, calls: Calls, folder: Path, log: Path = LOG) -> None:
        self._calls, self._follower, self._swept = calls, Follower(log, folder / "read.json"), 0.0

    def look(self) -> None:
        while lines := self._follower.lines():
            self._calls.told(lines)
            self._follower.done()
        if time.monotonic() - self._swept > SWEEP:
            self._swept = time.monotonic()
            with contextlib.suppress(sqlite3.Error):
                self._calls.sweep()
