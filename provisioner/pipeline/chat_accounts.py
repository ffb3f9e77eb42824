"""As whom users and guests log in to chat."""

from __future__ import annotations

from provisioner.core.errors import UsageError
from provisioner.core.feature import Scope
from provisioner.core.findings import nearest
from provisioner.features.chat.facts import login
from provisioner.features.chat.model import password


def handle_of(scope: Scope, account: str) -> str:
    """The handle of an account's password; raises UsageError with the nearest where there is no such account."""
    if account not in scope.chat_accounts:
        near = nearest(account, scope.chat_accounts)
        hint = f"did you mean {near}?" if near else f"those have: {', '.join(sorted(scope.chat_accounts)) or 'none'}"
        raise UsageError(f"{account!r} of {scope.slug} has no chat", hint)
    return password(scope.slug, login(account, scope))
