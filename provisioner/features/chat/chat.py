"""Chat in ejabberd: an account for each user who has it, groups of contacts, a room for each channel."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from provisioner.core.feature import Scope
from provisioner.targets.chat.objects import Account, Affiliation, ChatObject, Group, Host, Room

from . import facts
from .model import Chat, Role, guest_account, password

SOURCE = ("chat",)
COLLEAGUES = "all"
"""The group of all colleagues; a team is `team-…`, so it cannot have that name."""


def lower(chat: Chat | None, scope: Scope) -> Iterator[ChatObject]:
    if chat is None:
        return
    yield Host(scope.domain, scope.chat_grace, scope.name, scope.language, SOURCE, scope.formerly)
    accounts = facts.accounts(chat, scope)
    for user in accounts:
        login = facts.login(user, scope)
        room = facts.storage(user, scope)
        yield Account(login, scope.user_names[user], password(scope.slug, login), storage=room, source=("users", user))
    yield from _guests(chat, scope)
    yield from _groups(chat, scope, accounts)
    for name, channel in chat.channels.items():
        inside = [
            (facts.login(user, scope), Affiliation.ADMIN if facts.leads(user, channel, chat) else Affiliation.MEMBER)
            for user in facts.members(channel, chat, scope)
        ]
        inside += [
            (guest_account(guest), Affiliation.MEMBER) for guest, each in chat.guests.items() if name in each.channels
        ]
        yield Room(name, channel.title, tuple(inside), ("chat", "channels", name))


def _guests(chat: Chat, scope: Scope) -> Iterator[Account]:
    for name, guest in chat.guests.items():
        account, path = guest_account(name), ("chat", "guests", name)
        until = _end(guest.until, scope) if guest.until else ""
        yield Account(account, guest.shown, password(scope.slug, account), until, source=path)


def _end(day: date, scope: Scope) -> str:
    """When the day is over for the tenant."""
    return datetime.combine(day + timedelta(days=1), time(), ZoneInfo(scope.time_zone)).isoformat()


def _groups(chat: Chat, scope: Scope, accounts: tuple[str, ...]) -> Iterator[Group]:
    """Teams first: what all colleagues see must be there before they do."""
    teams = []
    for name, team in chat.teams.items():
        teams.append(f"team-{name}")
        members = tuple(facts.login(each.name, scope) for each in team.members)
        yield Group(teams[-1], team.title, members, (teams[-1],), ("chat", "teams", name))
    everybody = tuple(facts.login(user, scope) for user in accounts if chat.roles.get(user) is not Role.LIMITED)
    yield Group(COLLEAGUES, scope.name, everybody, (COLLEAGUES, *teams), SOURCE)
