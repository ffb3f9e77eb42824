"""The port to what users of a tenant have on machines: messages, recordings, contact books, logs of calls.

No apply touches it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol


class Belongings(Protocol):
    """On every core node: a tenant that moved has left some behind."""

    def export(self, tenant: str, folder: str) -> Mapping[str, int]:
        """Copies all of it below a folder that is made here, readable by its owner alone; kind → how many files.

        Raises PbxError where any of it cannot be fetched or opened.
        """

    def forget(self, tenant: str, domain: str) -> tuple[str, ...]:
        """Takes all of it away, registrations at the domain too; the machines on which there was any.

        Harmless where it is gone already. Raises PbxError where the tenant still lives on a machine.
        """
