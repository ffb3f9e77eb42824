"""The directory of contact books as it is, for modules that write it and modules that look."""

from __future__ import annotations

import hashlib
import json
from typing import Any

try:
    import ldap
except ImportError:
    ldap = None

ROOT = "dc=pbx"
SOCKET = "ldapi://%2Frun%2Fpbx-ldap%2Fldapi"
PASSWORD = "userPassword"

Tree = dict[str, dict[str, list[bytes]]]
"""DN → its attributes."""


def home_of(tenant: str) -> str:
    return f"o={tenant},{ROOT}"


def found(directory: Any, home: str) -> Tree:
    try:
        return dict(directory.search_s(home, ldap.SCOPE_SUBTREE))
    except ldap.NO_SUCH_OBJECT:
        return {}


def tenants(directory: Any) -> list[str]:
    """Those that have a book there."""
    try:
        below = directory.search_s(ROOT, ldap.SCOPE_ONELEVEL, "(objectClass=organization)", ["o"])
    except ldap.NO_SUCH_OBJECT:
        return []
    return sorted(each["o"][0].decode() for _, each in below)


def bound(socket: str = SOCKET) -> Any:
    directory = ldap.initialize(socket)
    directory.sasl_external_bind_s()
    return directory


def shown(tree: Tree) -> dict[str, dict[str, list[str]]]:
    """As it may be told: values without their order, which the directory does not keep, and digests of passwords."""
    return {
        dn: {
            name: sorted(
                hashlib.sha256(each).hexdigest() if name == PASSWORD else each.decode(errors="replace") for each in of
            )
            for name, of in entry.items()
        }
        for dn, entry in tree.items()
    }


def digest(told: dict[str, dict[str, list[str]]]) -> str:
    """Names a tree that is `shown`."""
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()
