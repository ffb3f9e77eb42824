"""Tenants' contact books as trees of a directory: what LDIF says, and how another tree differs. For drift.

A tree is made and named as `pbx_ldap` does it on the machine, with digests in place of passwords.
"""

from __future__ import annotations

import hashlib
import json
from base64 import b64decode
from collections.abc import Iterator, Mapping

from provisioner.core.drift import OTHER_SECRET, SECRET, SeenPart

Tree = dict[str, dict[str, list[str]]]
"""DN → attribute → values, sorted."""

_PASSWORD = "userPassword"


def tree(ldif: str) -> Tree:
    """Of a text as `targets.ldap` writes it (RFC 2849): no line is folded, no value comes from a file."""
    found: Tree = {}
    entry: dict[str, list[str]] = {}
    for line in ldif.splitlines():
        name, _, rest = line.partition(":")
        value = b64decode(rest[1:]).decode() if rest.startswith(":") else rest.lstrip(" ")
        if name == "dn":
            entry = found.setdefault(value, {})
        elif name:
            entry.setdefault(name, []).append(
                hashlib.sha256(value.encode()).hexdigest() if name == _PASSWORD else value
            )
    return {dn: {name: sorted(values) for name, values in of.items()} for dn, of in found.items()}


def digest(told: Tree) -> str:
    """Names a tree."""
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def differing(slug: str, expected: Tree, found: Tree) -> Iterator[SeenPart]:
    """Entry by entry, attribute by attribute."""
    for dn in sorted({*expected, *found}):
        if dn not in expected or dn not in found:
            yield SeenPart(slug, _name(dn), "", *(("there", None) if dn in expected else (None, "there")))
            continue
        for name in sorted({*expected[dn], *found[dn]}):
            sides = _told(expected[dn], name), _told(found[dn], name)
            if expected[dn].get(name) != found[dn].get(name):
                yield SeenPart(slug, _name(dn), name, *((SECRET, OTHER_SECRET) if name == _PASSWORD else sides))


def _told(entry: Mapping[str, list[str]], name: str) -> str | None:
    return ", ".join(entry[name]) if name in entry else None


def _name(dn: str) -> str:
    """`uid=user.anna,ou=book,…` is `book-user anna`."""
    first, *rest = dn.split(",")
    kind, dot, name = first.partition("=")[2].partition(".")
    if rest and rest[0] == "ou=book" and dot:
        return f"book-{kind} {name}"
    return f"book-telephone {first.partition('=')[2]}" if rest and rest[0] == "ou=telephones" else f"book-entry {dn}"
