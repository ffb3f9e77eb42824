"""What callers and users would miss if an apply took it away, by class; the brakes of an apply count it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any


class Holding(StrEnum):
    """A class of things that do not come back by themselves once they are gone."""

    NUMBERS = "numbers"
    USERS = "users"
    MAILBOXES = "mailboxes"
    """Of users, and shared ones."""
    RECORDINGS = "recordings"
    """Whatever has its calls recorded: numbers, users, queues, conferences."""
    TENANTS = "tenants"


def entries(section: Any) -> Mapping[str, Mapping[str, Any]]:
    """The entries of a section as written, an entry without fields as an empty one.

    Documents that were applied long ago may be of an older language: what is no entry is left out.
    """
    if not isinstance(section, Mapping):
        return {}
    return {str(name): entry if isinstance(entry, Mapping) else {} for name, entry in section.items()}
