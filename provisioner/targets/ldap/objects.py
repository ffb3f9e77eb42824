"""What a room may say of a tenant's contact book. Secrets are handles, as everywhere before the deployment."""

from __future__ import annotations

from dataclasses import dataclass

from provisioner.core.source import Path


@dataclass(frozen=True, slots=True)
class Book:
    """That the tenant has one, and whose it is."""

    title: str
    source: Path | None = None


@dataclass(frozen=True, slots=True)
class Login:
    """A telephone that may read it."""

    account: str
    password: str
    """Handle of the password."""
    source: Path | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """Somebody in it; `id` is unique in the tenant, `kind` colleague or contact."""

    id: str
    kind: str
    name: str
    numbers: tuple[str, ...]
    company: str = ""
    email: str = ""
    note: str = ""
    source: Path | None = None


LdapObject = Book | Login | Entry
