"""The port to the record of applies: it only ever grows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from provisioner.core.audit import Entry, Head


class AuditLog(Protocol):
    """The record of one environment."""

    def append(self, entries: Sequence[Entry]) -> Head:
        """Writes the entries so that no crash loses them; raises OSError or PbxError where it cannot.

        Safe to be called by several threads and processes at once.
        """
        ...

    def read(self) -> tuple[bytes, Head | None]:
        """All that was written, and its head; raises UsageError where there is no record."""
        ...
