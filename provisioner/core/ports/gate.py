"""The port to the lock that a whole run of apply or destroy holds."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Protocol


class Gate(Protocol):
    """Lets one run at a time work on an environment; those that are narrowed to other tenants than it may pass."""

    def held(self, environment: str, tenants: tuple[str, ...]) -> AbstractContextManager[None]:
        """Held while the block runs; no tenants are all. Raises LockHeld where another run has it, after waiting."""
        ...
