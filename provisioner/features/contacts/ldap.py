"""Contacts in the book that telephones ask by LDAP, and that the tenant has one at all."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.core.feature import Scope
from provisioner.targets.ldap.objects import Book, Entry

from .model import Contact


def lower(contacts: dict[str, Contact] | None, scope: Scope) -> Iterator[Book | Entry]:
    if contacts is None:
        return
    yield Book(scope.name, ("contacts",))
    for name, each in contacts.items():
        yield Entry(
            f"contact.{name}",
            "contact",
            each.name,
            tuple(each.numbers),
            each.company or "",
            each.email or "",
            each.note or "",
            ("contacts", name),
        )
