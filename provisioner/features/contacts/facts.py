"""What other rooms may know of the tenant's contacts: their numbers, for users' lists of callers."""

from __future__ import annotations

from dataclasses import replace

from provisioner.core.capabilities import Capability
from provisioner.core.feature import Files, Scope, Use

from .model import Contact


def contribute(contacts: dict[str, Contact] | None, scope: Scope, _: Files) -> Scope:
    if contacts is None:
        return scope
    numbers = {name: tuple(contact.numbers) for name, contact in contacts.items()}
    uses = (*scope.uses, Use(Capability.CONTACTS, ("contacts",)))
    return replace(scope, contact_book=True, contact_numbers=numbers, uses=uses)
