"""Chat in the tenant's `people.json`: whose telephones colleagues see there, and what a status there sets."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.core.feature import Scope
from provisioner.targets.asterisk import people
from provisioner.targets.asterisk.objects import AsteriskObject

from . import facts
from .model import Chat


def lower(chat: Chat | None, scope: Scope) -> Iterator[AsteriskObject]:
    if chat is None:
        return
    accounts = {user: facts.login(user, scope) for user in facts.accounts(chat, scope)}
    yield people.Chatting(accounts, {str(show): name for show, name in chat.statuses.items()}, ("chat",))
