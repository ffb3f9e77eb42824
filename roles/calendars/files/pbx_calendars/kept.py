"""What outlives a restart, one file for each tenant: what calendars last said, and what was seen of users.

`pbx activity` and the page of figures read it too. No title of any event stands there.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pbx_people import lived

from .decide import Memory
from .known import Key
from .meaning import Span


@dataclass
class Kept:
    spans: tuple[Span, ...] = ()
    digest: str = ""
    """Of the calendar that the spans are from, as the tenant's file described it."""
    read: float = 0.0
    """When it was last read well; 0 for never."""
    failing: str = ""
    """Why it cannot be read, since `since`; nothing where it can."""
    since: float = 0.0
    memory: Memory = field(default_factory=Memory)

    def written(self) -> dict[str, Any]:
        facts = {"digest": self.digest, "read": self.read, "failing": self.failing, "since": self.since}
        seen = {"last": self.memory.last.written(), "quiet": self.memory.quiet}
        return {**facts, **seen, "spans": [list(each) for each in self.spans]}

    @classmethod
    def of(cls, facts: dict[str, Any]) -> Kept:
        spans = tuple(Span(*each) for each in facts["spans"])
        memory = Memory(lived.read(facts["last"]), facts["quiet"])
        return cls(spans, facts["digest"], facts["read"], facts["failing"], facts["since"], memory)


class Store:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def all(self) -> dict[Key, Kept]:
        """What cannot be read is forgotten: the next reading of the calendar brings it back."""
        found = {}
        for path in self._folder.glob("*.json"):
            try:
                found |= {(path.stem, user): Kept.of(facts) for user, facts in json.loads(path.read_bytes()).items()}
            except (OSError, ValueError, TypeError, KeyError, AttributeError):
                continue
        return found

    def keep(self, slugs: Iterable[str], everything: dict[Key, Kept]) -> None:
        for slug in slugs:
            path, users = self._folder / f"{slug}.json", {}
            for (owner, user), each in sorted(everything.items()):
                if owner == slug:
                    users[user] = each.written()
            if not users:
                path.unlink(missing_ok=True)
                continue
            fresh = path.with_suffix(".new")
            fresh.write_text(json.dumps(users, ensure_ascii=False))
            fresh.replace(path)
