"""What changes in AstDB, by whomever: users dial, engineers command, programs and calendars set.

Asterisk writes its file within a second of a change; it is looked at twice a second, and read where it has changed. An
activity whose end has come is over, whether or not anybody has taken its entry away.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time

from . import lived
from .lived import Doing
from .watches import Watches

EVERY = 0.5
BEGIN = "activity-"


class Followed:
    def __init__(self) -> None:
        self._entries: dict[tuple[str, str], Doing] = {}
        self._offsets: dict[str, int] = {}
        self._state: lived.State | None = None
        self._told: dict[tuple[str, str], Doing] = {}

    def now(self, slug: str) -> float:
        """The tenant's clock: a test environment may move it."""
        return time.time() + self._offsets.get(slug, 0)

    def doing(self, slug: str, user: str) -> Doing:
        found = self._entries.get((slug, user), Doing())
        return Doing() if found.until and found.until <= self.now(slug) else found

    def look(self) -> bool:
        """Reads the file where it has changed; whether it was read. A file that cannot be read leaves all as it was."""
        try:
            found = lived.written(self._state)
        except (OSError, sqlite3.Error):
            return False
        if found is None:
            return False
        state, rows = found
        entries, offsets = {}, {}
        for key, value in rows.items():
            _, _, slug, rest = key.split("/", 3) if key.count("/") > 2 else ("", "", "", "")
            if rest.startswith(BEGIN):
                entries[slug, rest.removeprefix(BEGIN)] = lived.read(value)
            elif rest == "clock-offset":
                offsets[slug] = lived.offset(value)
        self._state, self._entries, self._offsets = state, entries, offsets
        return True

    async def tell(self, watches: Watches) -> None:
        while True:
            self.look()
            told, self._told = self._told, {each: self.doing(*each) for each in watches.watched()}
            for each, doing in self._told.items():
                if told.get(each) != doing:
                    watches.changed(*each)
            watches.sweep()
            await asyncio.sleep(EVERY)
