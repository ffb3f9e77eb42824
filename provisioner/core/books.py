"""Where a tenant's contact book stands in LDAP, and as whom a telephone reads it: one scheme for all who name it."""

from __future__ import annotations

ROOT = "dc=pbx"
PORT = 636
"""Of the edges, over TLS."""


def home(slug: str) -> str:
    """The tenant's own tree."""
    return f"o={slug},{ROOT}"


def base(slug: str) -> str:
    """Below which a telephone looks for people."""
    return f"ou=book,{home(slug)}"


def login(slug: str, account: str) -> str:
    """As whom a telephone logs in, with the password of its account."""
    return f"uid={account},ou=telephones,{home(slug)}"
