"""What a room may say of a telephone that sets itself up. Secrets are handles, as everywhere before the deployment."""

from __future__ import annotations

from dataclasses import dataclass

from provisioner.core import secrets
from provisioner.core.source import Path

from .models import Maker

EDGE = "@EDGE@"
"""Stands for the name or address of the edge: the bundle is the same for every environment."""

SIP_PORT = 5061
"""TLS; media is SRTP then."""

EXPIRES = 600
"""Seconds between two registrations."""


@dataclass(frozen=True, slots=True)
class Key:
    """A key beside the screen: calls, and shows by its lamp whether there is a call."""

    label: str
    dials: str

    @property
    def user_part(self) -> str:
        """What it dials as part of a SIP address, where a hash would begin something else (RFC 3261, 25.1)."""
        return self.dials.replace("#", "%23")


@dataclass(frozen=True, slots=True)
class Telephone:
    """One telephone's account and what its user sees."""

    account: str
    domain: str
    tenant: str
    password: str
    """Handle of the password."""
    link: str
    """Handle of the secret part of its file's address."""
    maker: Maker
    name: str
    """What its user is called."""
    extension: str
    language: str
    mac: str = ""
    """Twelve hexadecimal digits in small letters, where it is known."""
    keys: tuple[Key, ...] = ()
    book: bool = False
    """Whether it may look for people in the tenant's contact book."""
    source: Path | None = None

    @property
    def secret(self) -> str:
        return secrets.token(self.password)

    @property
    def address(self) -> str:
        """Where its files lie."""
        return f"https://{EDGE}/devices/{self.tenant}/{secrets.token(self.link)}"
