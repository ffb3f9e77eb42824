"""Who takes part in what, and what other rooms may know of chat."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from provisioner.core.capabilities import Capability
from provisioner.core.feature import Files, Scope, Use
from provisioner.core.source import Path
from provisioner.core.storage import GIGABYTE

from .model import Channel, Chat, Kind, Role, guest_account


def named(chat: Chat) -> Iterator[tuple[str, Path, Kind | None]]:
    """Every user that the section names, where, and in what kind of channel."""
    for name, team in chat.teams.items():
        for index, user in enumerate(team.members):
            yield user.name, ("chat", "teams", name, "members", index), None
    for name, channel in chat.channels.items():
        for key, users in (("members", channel.members), ("leaders", channel.leaders)):
            for index, user in enumerate(users):
                yield user.name, ("chat", "channels", name, key, index), channel.kind
        for index, team_name in enumerate(channel.teams):
            if team_name in chat.teams:
                for user in chat.teams[team_name].members:
                    yield user.name, ("chat", "channels", name, "teams", index), channel.kind


def users_of(scope: Scope, capability: Capability) -> tuple[str, ...]:
    """The users whose plan covers it, in the order of the file; all where nobody sells it."""
    return tuple(user for user in scope.user_names if scope.plan_covers(user, capability))


def accounts(chat: Chat, scope: Scope) -> tuple[str, ...]:
    """The users who have chat: by their plan, or because the tenant bought it for those whom the section names."""
    wanted = {*users_of(scope, Capability.CHAT), *(user for user, _, _ in named(chat))}
    return tuple(user for user in scope.user_names if user in wanted)


def login(user: str, scope: Scope) -> str:
    """What a user's account is called. It stays when she is renamed, for chat servers rename none."""
    return scope.at_edge.get(user, user)


def storage(user: str, scope: Scope) -> int:
    """Bytes of files that a user may have sent and not lost yet."""
    if scope.chat_quota is None:
        return 0
    said = scope.catalogue.storage(scope.plans.get(user, "")) if scope.catalogue else None
    return (scope.chat_quota if said is None else said) * GIGABYTE


def members(channel: Channel, chat: Chat, scope: Scope) -> tuple[str, ...]:
    """Everybody who may enter, in the order of the file."""
    inside = {each.name for each in (*channel.members, *channel.leaders)}
    inside.update(user.name for name in channel.teams if name in chat.teams for user in chat.teams[name].members)
    if channel.kind is Kind.OPEN:
        able = users_of(scope, Capability.CHANNELS)
        inside.update(user for user in able if chat.roles.get(user) is not Role.LIMITED)
    return tuple(user for user in scope.user_names if user in inside)


def leads(user: str, channel: Channel, chat: Chat) -> bool:
    """Whether a member may silence others there and send them away."""
    if any(each.name == user for each in channel.leaders):
        return True
    return channel.kind is Kind.OPEN and chat.roles.get(user) is Role.ADMIN


def contribute(chat: Chat | None, scope: Scope, _: Files) -> Scope:
    """Each use once for each user, where the file first says it."""
    if chat is None:
        return scope
    uses: dict[tuple[Capability, str], Use] = {}
    for user, path, kind in named(chat):
        uses.setdefault((Capability.CHANNELS, user), Use(Capability.CHANNELS, path, user))
        if kind is Kind.ENCRYPTED:
            uses.setdefault((Capability.ENCRYPTED_CHANNELS, user), Use(Capability.ENCRYPTED_CHANNELS, path, user))
    known = (each for (_, user), each in uses.items() if user in scope.user_names)
    whose = frozenset((*accounts(chat, scope), *map(guest_account, chat.guests)))
    return replace(scope, uses=(*scope.uses, *known), chat_accounts=whose)
