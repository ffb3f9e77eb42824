"""What other rooms may know of access from outside: whose PIN is needed."""

from __future__ import annotations

from dataclasses import replace

from provisioner.core.feature import Files, Scope

from .model import Disa


def contribute(entrances: dict[str, Disa], scope: Scope, _: Files) -> Scope:
    names = {user.name for each in entrances.values() for user in each.users}
    return replace(scope, pin_users=scope.pin_users | names)
