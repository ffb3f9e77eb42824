"""Where files that users send lie, and how many of them. Not for recordings, which lie where their calls are."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from .model import Country, Model

EUROPE = frozenset(
    [
        "AT",
        "BE",
        "BG",
        "CH",
        "CY",
        "CZ",
        "DE",
        "DK",
        "EE",
        "ES",
        "FI",
        "FR",
        "GB",
        "GR",
        "HR",
        "HU",
        "IE",
        "IS",
        "IT",
        "LI",
        "LT",
        "LU",
        "LV",
        "MT",
        "NL",
        "NO",
        "PL",
        "PT",
        "RO",
        "SE",
        "SI",
        "SK",
    ]
)
"""The European Economic Area, and the two neighbours whose protection the Commission has found equal (GDPR art. 45)."""

DEFAULT_FOLDER = "/var/lib/pbx-chat-files"
MEGABYTE = 1_000_000
GIGABYTE = 1_000 * MEGABYTE

Gigabytes = Annotated[int, Field(ge=0, le=10_000)]
"""Of 10⁹ bytes."""


class ChatFiles(Model):
    """Files that users send in chat."""

    country: Country
    """Where the disk stands that they lie on."""
    within: Literal["europe", "anywhere"] = "europe"
    """Where tenants were promised that they lie: `europe` is the EEA, Switzerland and the United Kingdom."""
    folder: str = Field(default=DEFAULT_FOLDER, pattern=r"^(/[A-Za-z0-9][A-Za-z0-9._-]*)+$", max_length=200)
    """Where on that edge, for example on a disk of its own; it is made where it is not there."""
    quota: Gigabytes = 10
    """Gigabytes for each user whose plan says nothing of it."""
    largest: int = Field(default=100, ge=1, le=10_000)
    """Megabytes that one file may have."""
    days: int = Field(default=365, ge=1, le=3650)
    """A file goes when it has lain for so long."""
