"""What a room may say of a tenant's chat. Passwords are handles, as everywhere before the deployment."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from provisioner.core.source import Path


@dataclass(frozen=True, slots=True)
class Host:
    """That the tenant has chat, and at which domain."""

    domain: str
    grace: int
    """Days after which the account of somebody goes whom the file does not name any more."""
    name: str
    """What the page for browsers is headed."""
    language: str
    """In which that page is."""
    source: Path | None = None
    formerly: tuple[str, ...] = ()
    """Names of the tenant under which its chat may still lie."""


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who logs in as `user@domain`."""

    user: str
    name: str
    """What others see."""
    password: str
    """Handle of the password."""
    until: str = ""
    """When it is locked (ISO 8601, with offset); empty for never."""
    storage: int = 0
    """Bytes of files that lie there at most; with none she can send no files."""
    source: Path | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Accounts who are in the contact lists of those who see the group (XMPP: a shared roster group)."""

    id: str
    title: str
    members: tuple[str, ...]
    sees: tuple[str, ...]
    """The groups that its members have in their contact lists."""
    source: Path | None = None


class Affiliation(StrEnum):
    """What somebody is in a room (XEP-0045 5.2)."""

    ADMIN = "admin"
    MEMBER = "member"


@dataclass(frozen=True, slots=True)
class Room:
    """A room that only its members enter, and that nobody else sees."""

    id: str
    title: str
    affiliations: tuple[tuple[str, Affiliation], ...]
    """Account and what it is there."""
    source: Path | None = None


ChatObject = Host | Account | Group | Room
