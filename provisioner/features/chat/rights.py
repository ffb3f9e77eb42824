"""Who may read and write where in chat."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.core.feature import Scope
from provisioner.core.flows import Right

from . import facts
from .model import Chat


def rights(chat: Chat | None, scope: Scope) -> Iterator[Right]:
    if chat is None:
        return
    for user in facts.accounts(chat, scope):
        yield Right(user, "chat with colleagues")
    for name, guest in chat.guests.items():
        for each in guest.channels:
            yield Right(f"guest {name}", f"read and write in the chat channel {each}")
    for name, channel in chat.channels.items():
        for user in facts.members(channel, chat, scope):
            yield Right(user, f"read and write in the {channel.kind} chat channel {name}")
            if facts.leads(user, channel, chat):
                yield Right(user, f"silence others and send them away in the chat channel {name}")
