"""Users in the contact book that telephones ask by LDAP: as colleagues, and by their telephones as its readers."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.core.feature import Scope
from provisioner.targets.ldap.objects import Entry, Login

from .model import User, account, password


def lower(users: dict[str, User], scope: Scope) -> Iterator[Login | Entry]:
    if not scope.contact_book:
        return
    for name, user in users.items():
        path = ("users", name)
        yield Entry(f"user.{name}", "colleague", user.name, (user.extension,), email=user.email or "", source=path)
        for device in user.telephones:
            login = account(name, user, device)
            yield Login(login, password(scope.slug, login), (*path, "devices", device))
