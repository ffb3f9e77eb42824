"""Users who prove by a PIN who they are."""

from __future__ import annotations

from provisioner.core.errors import UsageError
from provisioner.core.feature import Scope
from provisioner.core.findings import nearest
from provisioner.features.users.facts import pin_secret


def handle_of(scope: Scope, user: str) -> str:
    """The handle of a user's PIN; raises UsageError with the nearest where she has none."""
    if user not in scope.pin_users:
        near = nearest(user, scope.pin_users)
        hint = f"did you mean {near}?" if near else f"those have: {', '.join(sorted(scope.pin_users)) or 'none'}"
        raise UsageError(f"{user!r} of {scope.slug} has no PIN", hint)
    return pin_secret(scope.slug, user)
