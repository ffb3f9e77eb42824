"""A record of applies in memory."""

from __future__ import annotations

import errno
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from provisioner.core.audit import Entry, Head, extend, parse


@dataclass
class FakeAudit:
    content: bytes = b""
    head: Head | None = None
    full: bool = False
    """Whether the disk has no room."""

    def append(self, entries: Sequence[Entry]) -> Head:
        if self.full:
            raise OSError(errno.ENOSPC, "No space left on device", "audit/lab.jsonl")
        head = self.head or Head()
        added, self.head = extend(head, len(self.content), self.content[head.size :], entries)
        self.content += added
        return self.head

    def read(self) -> tuple[bytes, Head | None]:
        return self.content, self.head

    @property
    def records(self) -> list[Mapping[str, Any]]:
        return [found for line in self.content.split(b"\n") if (found := parse(line))]
