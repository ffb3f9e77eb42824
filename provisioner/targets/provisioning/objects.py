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


@dataclass(frozen=True, kw_only=True)
class Account:
    """What registers at the edge, and who telephones with it."""

    account: str
    domain: str
    password: str
    """Handle of the password."""
    name: str
    """What its user is called."""
    extension: str
    source: Path | None = None

    @property
    def secret(self) -> str:
        return secrets.token(self.password)


@dataclass(frozen=True, kw_only=True)
class Thing:
    """What asks for its settings at an address of its own."""

    tenant: str
    link: str
    """Handle of the secret part of its file's address."""
    maker: Maker
    mac: str = ""
    """Twelve hexadecimal digits in small letters, where it is known."""
    book: bool = False
    """Whether it may look for people in the tenant's contact book."""

    @property
    def address(self) -> str:
        """Where its files lie."""
        return f"https://{EDGE}/devices/{self.tenant}/{secrets.token(self.link)}"


@dataclass(frozen=True, kw_only=True)
class Telephone(Account, Thing):
    """One telephone's account and what its user sees."""

    language: str
    keys: tuple[Key, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Handset(Account):
    """One of the handsets of a DECT base: it has an account of its own, and its settings stand in the base's file."""

    base: str
    """The name of its base in the tenant file."""
    number: int
    """Which of the base's handsets it is, from 1 on."""


@dataclass(frozen=True, kw_only=True)
class Base(Thing):
    """A DECT base, which sets itself and all its handsets up by one file."""

    name: str
    takes: int
    """How many handsets it serves."""
    source: Path | None = None

    @property
    def account(self) -> str:
        """What its folder and it are called where telephones are listed; no login holds a dot."""
        return f"base.{self.name}"
