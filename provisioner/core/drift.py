"""Drift: what is asked of machines, what they answer, and what a difference is. Plain data, and the port `Live`.

What was applied last is named by bundles; a machine is asked for digests, and gives the text of a file or the columns
of a row only where they differ. No secret travels: digests are compared, and `SECRET` stands for a value.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

SECRET = "(secret)"
"""What is shown in place of a value that nobody may read."""

OTHER_SECRET = "(another secret)"


@dataclass(frozen=True, slots=True)
class Laid:
    """One file of a bundle, and where it lies on a machine."""

    host: str
    path: str
    """On the machine."""
    digest: str
    """Of the bundle."""
    file: str
    """In the bundle."""
    tenant: str = ""


@dataclass(frozen=True, slots=True)
class Applied:
    """What the machines were given last, as the engine's state names it."""

    files: tuple[Laid, ...] = ()
    rows: Mapping[str, str] = field(default_factory=dict)
    """slug → digest of the bundle with its rows."""
    telephones: Mapping[str, str] = field(default_factory=dict)
    """slug → digest of the bundle with the files of its telephones, for every edge."""
    chats: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """slug → the node that carries its chat, and the digest of the bundle with it."""
    books: Mapping[str, str] = field(default_factory=dict)
    """slug → digest of the bundle with its contact book, for every edge."""
    machines: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Machine → what its roles were given last."""
    homes: Mapping[str, str] = field(default_factory=dict)
    """slug → its core node."""
    whole: bool = True
    """Whether these are all tenants: then whatever belongs to another one should not be there."""
    platform: bool = True
    """Whether the machines themselves are looked at: services, and files that are no tenant's."""


@dataclass(frozen=True, slots=True)
class SeenFile:
    """A file that is not as it was laid down."""

    there: bool = True
    text: str | None = None
    """None where it holds secrets, is no text, or is too long."""
    owner: str = ""
    changed: str = ""
    """When it was last written: UTC, ISO 8601."""


@dataclass(frozen=True, slots=True)
class SeenPart:
    """Something that a daemon or a table of a machine's own holds otherwise; None where one side has none."""

    tenant: str
    object: str
    field: str
    expected: str | None
    found: str | None


@dataclass(frozen=True, slots=True)
class Seen:
    """What one machine answers: differences only."""

    host: str
    files: Mapping[str, SeenFile] = field(default_factory=dict)
    """path → a file that differs, is missing, or should not be there."""
    telephones: Mapping[tuple[str, str], SeenFile] = field(default_factory=dict)
    """slug and `<account>/<file>` → the same; an address that no account has is `?`."""
    rows: Mapping[str, Mapping[str, Sequence[Mapping[str, str]]]] = field(default_factory=dict)
    """slug → table → all rows, where any differs. A password is its token where it is right."""
    parts: tuple[SeenPart, ...] = ()
    services: Mapping[str, str] = field(default_factory=dict)
    """unit → its state, where it does not run or would not start with its machine."""


class Live(Protocol):
    """The machines of one environment, asked and never changed."""

    def look(self, applied: Applied) -> tuple[Seen, ...]:
        """One answer for each machine, sorted by name; raises PbxError where one does not answer."""


@dataclass(frozen=True, slots=True)
class Drift:
    """One difference between what was applied and what is there."""

    tenant: str
    """Empty for the platform."""
    host: str
    object: str
    """A file, `table key`, `asterisk context extension`, a service …"""
    field: str
    """Empty where the whole object is there or is not."""
    expected: str | None
    """None: should not be there."""
    found: str | None
    """None: is not there."""
    place: str = ""
    """The node of the tenant file that caused what is expected."""
    noticed: str = ""
    """What callers or users notice."""
    owner: str = ""
    changed: str = ""
