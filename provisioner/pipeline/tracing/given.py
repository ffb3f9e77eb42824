"""How things stand around a call, as a person says it: what is keyed in and said, who is on a call, who is there.

What is not said is as on a quiet day: every telephone is registered and free, members are logged in as the file lets
them begin, and whoever rings first answers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from provisioner.core.errors import UsageError
from provisioner.core.feature import Scope
from provisioner.core.findings import nearest
from provisioner.core.refs import Ref
from provisioner.core.trace import Line, Presence, Seat
from provisioner.features.users import trace as telephones
from provisioner.features.users.model import User
from provisioner.tenant import Tenant

SILENCE = "-"
"""Stands among the keys for a question at which nothing is pressed."""
EVERYBODY = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What a person says. Names are those of the tenant file."""

    keys: tuple[str, ...] = ()
    """What is keyed in at each question in turn; nothing at those that come after."""
    words: tuple[str, ...] = ()
    busy: frozenset[str] = frozenset()
    unregistered: frozenset[str] = frozenset()
    no_answer: frozenset[str] = frozenset()
    """Who does not answer; `all` is everybody."""
    activities: Mapping[str, str] = field(default_factory=dict)
    """user → what she is doing."""
    switches: Mapping[str, str] = field(default_factory=dict)
    """schedule → `open` or `closed`, by hand."""
    logged_in: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """queue or ring group, `queue:nurse` where both have the name → its members who are logged in; no others are."""
    full: frozenset[str] = frozenset()
    """Queues in which as many wait as may."""


class Situation:
    """`Around` one call: it uses up what is keyed in and said."""

    def __init__(self, given: Given, users: Mapping[str, User]) -> None:
        self._given, self._users = given, users
        self._keys, self._words = list(given.keys), list(given.words)

    def key(self, expected: Sequence[str], most: int = 1) -> str:
        typed = self._next()
        return self._take(typed, next((each for each in expected if typed.startswith(each)), typed[:most]))

    def digits(self, expected: Sequence[str], most: int) -> str:  # noqa: ARG002  (what is asked counts, not what fits)
        typed = self._next()
        read = typed.partition("#")[0][:most]
        self._take(typed.replace("#", "", 1) if "#" in typed[: most + 1] else typed, read)
        return read

    def words(self, expected: Sequence[str]) -> str:  # noqa: ARG002  (as above)
        return self._words.pop(0) if self._words else ""

    def line(self, user: str) -> Line:
        given = self._given
        return telephones.line(self._users[user], busy=user in given.busy, unregistered=user in given.unregistered)

    def answers(self, rung: Sequence[Ref]) -> Ref | None:
        silent = self._given.no_answer
        return next((each for each in rung if EVERYBODY not in silent and each.name not in silent), None)

    def seats(self, at: Ref, seats: Sequence[Seat], *, second: bool = False) -> Sequence[Presence]:
        return [self._presence(at, each, second=second) for each in seats]

    def full(self, place: Ref) -> bool:
        return place.name in self._given.full

    def activity(self, user: str) -> str:
        return self._given.activities.get(user, "")

    def switch(self, schedule: str) -> str:
        return self._given.switches.get(schedule, "auto")

    def _next(self) -> str:
        typed = self._keys.pop(0) if self._keys else ""
        return "" if typed == SILENCE else typed

    def _take(self, typed: str, taken: str) -> str:
        if rest := typed[len(taken) :]:  # typed ahead: it answers the next question
            self._keys.insert(0, rest)
        return taken

    def _presence(self, at: Ref, seat: Seat, *, second: bool) -> Presence:
        said = self._given.logged_in.get(str(at), self._given.logged_in.get(at.name))
        name = seat.member.name
        there = seat.logged_in if said is None else name in said
        # A public number in a ring group always rings; in a queue it is a member like others.
        if not there and (at.kind == "queue" or seat.member.kind == "user"):
            return Presence.OUT
        if seat.member.kind != "user":
            return Presence.THERE
        line = self.line(name)
        if line is Line.UNREACHABLE:
            return Presence.UNREACHABLE
        busy = line is Line.BUSY if second else name in self._given.busy
        return Presence.BUSY if busy else Presence.THERE


def check(given: Given, tenant: Tenant, scope: Scope) -> None:
    """Raises UsageError for a name that the tenant does not have, with the nearest that it has."""
    activities = scope.names.get("activity", frozenset())
    for user in (*given.busy, *given.unregistered, *given.no_answer - {EVERYBODY}, *given.activities):
        _known("user", user, tenant.users if user not in given.no_answer else (*tenant.users, *_outside(tenant)))
    for activity in given.activities.values():
        _known("activity", activity, activities)
    for schedule, state in given.switches.items():
        _known("schedule", schedule, tenant.schedules)
        _known("state of a switch", state, ("open", "closed"))
    for name in given.full:
        _known("queue or conference", name, (*tenant.queues, *tenant.conferences))
    members = {str(at): {each.name for each in refs} for at, refs in _seats(tenant)}
    members |= {str(at).partition(":")[2]: {each.name for each in refs} for at, refs in _seats(tenant)}
    for name, there in given.logged_in.items():
        _known("queue or ring group", name, members)
        for member in there:
            _known(f"member of {name}", member, members[name])


def _seats(tenant: Tenant) -> Iterator[tuple[Ref, Iterable[Ref]]]:
    yield from ((Ref("ring_group", name), group.members) for name, group in tenant.ring_groups.items())
    yield from ((Ref("queue", name), queue.refs) for name, queue in tenant.queues.items())


def _outside(tenant: Tenant) -> Iterator[str]:
    """Who may not answer beside users: numbers that are members, and external attendants."""
    yield from tenant.external_attendants
    yield from (ref.name for _, refs in _seats(tenant) for ref in refs if ref.kind == "number")


def _known(what: str, name: str, known: Iterable[str]) -> None:
    names = sorted(known)
    if name not in names:
        near = nearest(name, names)
        raise UsageError(f"no {what} {name!r}", f"did you mean {near}?" if near else f"one of {', '.join(names)}")
