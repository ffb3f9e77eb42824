"""What changes in AstDB, by whomever: users dial, engineers command, programs and calendars set.

Asterisk writes its file within a second of a change; it is looked at twice a second, and read where it has changed. An
activity whose end has come is over, whether or not anybody has taken its entry away.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Callable

from . import lived
from .lived import Doing
from .watches import Watches

EVERY = 0.5
BEGIN = "activity-"
LINES = "/CustomDevstate/"


class Followed:
    def __init__(self) -> None:
        self._entries: dict[tuple[str, str], Doing] = {}
        self._offsets: dict[str, int] = {}
        self._lines: dict[str, str] = {}
        self._state: lived.State | None = None
        self._told: dict[tuple[str, str], Doing] = {}

    def now(self, slug: str) -> float:
        """The tenant's clock: a test environment may move it."""
        return time.time() + self._offsets.get(slug, 0)

    def doing(self, slug: str, user: str) -> Doing:
        found = self._entries.get((slug, user), Doing())
        return Doing() if found.until and found.until <= self.now(slug) else found

    def line(self, slug: str, user: str) -> str:
        """The state of her line (`core.lights.of_line`), empty where none was ever told."""
        return self._lines.get(f"{slug}.{user}".replace("-", "_"), "")

    def told(self) -> set[tuple[str, str]]:
        """Of whom anything is known; neither slugs nor names hold an underscore."""
        lines = (each.replace("_", "-").split(".") for each in self._lines)
        return {*self._entries, *((each[0], each[1]) for each in lines if len(each) == 2)}

    def look(self) -> bool:
        """Reads the file where it has changed; whether it was read. A file that cannot be read leaves all as it was."""
        try:
            found = lived.written(self._state)
        except (OSError, sqlite3.Error):
            return False
        if found is None:
            return False
        state, rows = found
        entries, offsets, lines = {}, {}, {}
        for key, value in rows.items():
            if key.startswith(LINES):
                lines[key.removeprefix(LINES)] = value
                continue
            _, _, slug, rest = key.split("/", 3) if key.count("/") > 2 else ("", "", "", "")
            if rest.startswith(BEGIN):
                entries[slug, rest.removeprefix(BEGIN)] = lived.read(value)
            elif rest == "clock-offset":
                offsets[slug] = lived.offset(value)
        self._state, self._entries, self._offsets, self._lines = state, entries, offsets, lines
        return True

    async def tell(self, watches: Watches, look: Callable[[], None]) -> None:
        """`look` is called each time that the file has been looked at."""
        while True:
            self.look()
            look()
            told, self._told = self._told, {each: self.doing(*each) for each in watches.watched()}
            for each, doing in self._told.items():
                if told.get(each) != doing:
                    watches.changed(*each)
            watches.sweep()
            await asyncio.sleep(EVERY)
