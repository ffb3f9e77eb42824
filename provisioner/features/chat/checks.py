"""Findings of chat alone. Whether plans cover it is found by the room of plans."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from provisioner.core.feature import Scope
from provisioner.core.findings import Finding, Rule, Severity, nearest

from .model import Channel, Chat, Guest, Kind

C201 = Rule(
    code="C201",
    title="Chat that the provider does not carry",
    why="Nobody could log in: no machine of the platform serves it.",
    remedy="Let provider.yaml name the node that carries chat, or take the section out.",
    bad="# provider.yaml has no chat\nchat: {}",
    good="# provider.yaml\nchat: {node: edge}\n# tenant\nchat: {}",
    source="C1",
)
C202 = Rule(
    code="C202",
    title="Closed channel without members",
    why="Nobody could enter it, nor see that it is there.",
    remedy="Name members or teams, or let it be open.",
    bad="board: {title: Board, kind: closed}",
    good="board: {title: Board, kind: closed, members: [anna, bo]}",
    source="C5",
)
C203 = Rule(
    code="C203",
    title="Title twice",
    why="People see titles, and would write to the wrong ones.",
    remedy="Give each its own title.",
    bad="sales: {title: Sales, kind: open}\nsale: {title: Sales, kind: open}",
    good="sales: {title: Sales, kind: open}\nsale: {title: January sale, kind: open}",
    source="C5",
)
C204 = Rule(
    code="C204",
    title="Team without users",
    why="Colleagues see a department that nobody answers for.",
    remedy="Name its users, or take it out.",
    bad="sales: {title: Sales}",
    good="sales: {title: Sales, members: [anna]}",
    source="C4",
)
C205 = Rule(
    code="C205",
    title="Unknown team, channel or user in chat",
    why="Whoever reads the file believes that somebody has a right whom it does not reach.",
    remedy="Use a name of chat.teams, chat.channels or users.",
    bad="channels: {deals: {title: Deals, kind: closed, teams: [slaes]}}",
    good="channels: {deals: {title: Deals, kind: closed, teams: [sales]}}",
    source="C4",
)
C206 = Rule(
    code="C206",
    title="Listed twice",
    why="Whoever reads the file believes that somebody else is meant.",
    remedy="Keep the first mention; a leader is a member already.",
    bad="members: [anna, anna]",
    good="members: [anna, bo]",
    source="C5",
)
C207 = Rule(
    code="C207",
    title="Guest without an end",
    why="Nobody remembers to take her away, and she reads on when the work with her is over.",
    remedy="Say the last day on which she may log in.",
    bad="lars: {name: Lars Ek, channels: [deals]}",
    good="lars: {name: Lars Ek, channels: [deals], until: 2027-06-30}",
    source="C7",
)
C208 = Rule(
    code="C208",
    title="Guest whose time is over",
    why="She is locked out; the entry is only there to be read.",
    remedy="Take her away, or let her stay longer.",
    bad="lars: {name: Lars Ek, channels: [deals], until: 2020-06-30}",
    good="lars: {name: Lars Ek, channels: [deals], until: 2027-06-30}",
    severity=Severity.WARNING,
    source="C7",
)
C209 = Rule(
    code="C209",
    title="Guest who reaches nothing, or an open channel",
    why="A guest sees only channels that name her; an open one is for the tenant's own people.",
    remedy="Name closed channels.",
    bad="lars: {name: Lars Ek, channels: [], until: 2027-06-30}",
    good="lars: {name: Lars Ek, channels: [deals], until: 2027-06-30}",
    source="C7",
)
C210 = Rule(
    code="C210",
    title="Guest in an encrypted channel",
    why="Guests publish no keys of their programs, so nothing there could be encrypted for her: she would see noise.",
    remedy="Give the work with her a closed channel of its own.",
    bad="board: {kind: encrypted, …}\nlars: {channels: [board], …}",
    good="deals: {kind: closed, …}\nlars: {channels: [deals], …}",
    source="C6",
)
C211 = Rule(
    code="C211",
    title="Chat at a domain that another's channels or files stand at",
    why="`conference.` before a tenant's domain is where its channels are, `upload.` where files are sent, `pubsub.` "
    "where programs leave notes: two tenants would have one address.",
    remedy="Choose another domain.",
    bad="domain: conference.acme.example\nchat: {}",
    good="domain: meetings.acme.example\nchat: {}",
    source="C1",
)
C212 = Rule(
    code="C212",
    title="Two users with one account in chat",
    why="A renamed user keeps her account under the earlier name, and somebody else bears that name now.",
    remedy="Call the other user something else, or take `account` out where the renamed one may begin anew.",
    bad="anna-b: {account: anna, …}\nanna: {…}",
    good="anna-b: {account: anna, …}\nanna-c: {…}",
    source="C1",
)
C213 = Rule(
    code="C213",
    title="Status in chat that sets no activity",
    why="Users set it, and their telephones ring on.",
    remedy="Name an activity of the tenant's other than `available`.",
    bad="statuses: {dnd: bussy}",
    good="activities: {}\nchat: {statuses: {dnd: busy}}",
    source="A2",
)
SERVICES = ("conference.", "pubsub.", "upload.")
"""Before a tenant's domain: where its chat server has services of its own."""
RULES = (C201, C202, C203, C204, C205, C206, C207, C208, C209, C210, C211, C212, C213)


def check(chat: Chat | None, scope: Scope) -> Iterator[Finding]:
    if chat is None:
        return
    if not scope.carries_chat:
        yield C201.at(("chat",), "no machine carries chat", expected="chat: {node: …} in provider.yaml", on_key=True)
    for each in SERVICES:
        if scope.domain.startswith(each):
            yield C211.at(("domain",), f"{scope.domain} begins with {each}", expected="another beginning")
    for user, kept in scope.at_edge.items():
        if user in scope.chat_accounts and kept in scope.chat_accounts:
            yield C212.at(("users", user, "account"), f"{kept} is a user too", expected="an account of her own")
    for name, team in chat.teams.items():
        path = ("chat", "teams", name)
        if not team.members:
            yield C204.at(path, f"{name} has no members", expected="one user or more", on_key=True)
        yield from _twice((*path, "members"), [each.name for each in team.members])
    for name, channel in chat.channels.items():
        yield from _channel(name, channel, chat, scope)
    for user in chat.roles:
        if user not in scope.user_names:
            near = nearest(user, scope.user_names)
            yield C205.at(("chat", "roles", user), f"no user {user!r}", expected="a user", nearest=near, on_key=True)
    activities = sorted(scope.names.get("activity", frozenset()) - {"available"})
    for status, activity in chat.statuses.items():
        if activity not in activities:
            expected = f"one of {', '.join(activities) or 'none: the tenant has no activities'}"
            found = f"no activity {activity!r}" if activity != "available" else "available is what she is anyhow"
            near = nearest(activity, activities)
            yield C213.at(("chat", "statuses", str(status)), found, expected=expected, nearest=near)
    for name, guest in chat.guests.items():
        yield from _guest(name, guest, chat, scope)
    yield from _titles("teams", {name: each.title for name, each in chat.teams.items()})
    yield from _titles("channels", {name: each.title for name, each in chat.channels.items()})


def _channel(name: str, channel: Channel, chat: Chat, scope: Scope) -> Iterator[Finding]:
    path = ("chat", "channels", name)
    if channel.kind is not Kind.OPEN and not (channel.teams or channel.members or channel.leaders):
        yield C202.at(path, f"{name} is {channel.kind} and has no members", expected="members or teams", on_key=True)
    for index, team in enumerate(channel.teams):
        if team not in chat.teams and scope.whole:
            near = nearest(team, chat.teams)
            listed = ", ".join(chat.teams) or "none: chat.teams is empty"
            found = f"no team {team!r}"
            yield C205.at((*path, "teams", index), found, expected=f"one of {listed}", nearest=near)
    yield from _twice((*path, "teams"), channel.teams)
    leaders = [each.name for each in channel.leaders]
    yield from _twice((*path, "leaders"), leaders)
    yield from _twice((*path, "members"), [each.name for each in channel.members], leaders)


def _guest(name: str, guest: Guest, chat: Chat, scope: Scope) -> Iterator[Finding]:
    path = ("chat", "guests", name)
    if guest.until is None:
        yield C207.at(path, f"{name} has no until", expected="until: the last day", on_key=True)
    elif guest.until < scope.today:
        found = f"{guest.until} is over"
        yield C208.at((*path, "until"), found, expected=f"{scope.today} or later")
    if not guest.channels:
        yield C209.at(path, f"{name} reaches no channel", expected="closed channels", on_key=True)
    yield from _twice((*path, "channels"), guest.channels)
    for index, each in enumerate(guest.channels):
        place = (*path, "channels", index)
        if each not in chat.channels:
            if not scope.whole:
                continue  # it may have been set aside for a mistake
            near = nearest(each, chat.channels)
            listed = ", ".join(chat.channels) or "none: chat.channels is empty"
            yield C205.at(place, f"no channel {each!r}", expected=f"one of {listed}", nearest=near)
        elif chat.channels[each].kind is Kind.OPEN:
            yield C209.at(place, f"{each} is open", expected="a closed channel")
        elif chat.channels[each].kind is Kind.ENCRYPTED:
            yield C210.at(place, f"{each} is encrypted", expected="a closed channel")


def _twice(path: tuple[str, ...], names: list[str], before: list[str] | None = None) -> Iterator[Finding]:
    seen = set(before or ())
    for index, name in enumerate(names):
        if name in seen:
            yield C206.at((*path, index), f"{name} is listed twice", expected="each name once")
        seen.add(name)


def _titles(key: str, titles: Mapping[str, str]) -> Iterator[Finding]:
    owners: dict[str, str] = {}
    for name, title in titles.items():
        owner = owners.setdefault(title.casefold(), name)
        if owner != name:
            yield C203.at(("chat", key, name, "title"), f"{title} is the title of {owner} too", expected="its own")
