"""Every outcome that a call to a number may have, each with the shortest way to it.

The rooms' rules are the same as for one call; only what they ask is answered by all that may be, one after the other. A
way that comes to where another has been already is not followed again, so menus that lead to each other end too.
Activities, switches, and whatever else a person says hold as said.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from provisioner.core.feature import Scope
from provisioner.core.refs import Ref
from provisioner.core.trace import Call, End, Ending, Line, Move, Presence, Seat
from provisioner.features.users.model import User
from provisioner.tenant import Tenant

from . import interpreter
from .given import Given, Situation

T = TypeVar("T")
KEYS = "0123456789*#"
NOT_UNDERSTOOD = "…"

Assumed = tuple[tuple[str, int], ...]
"""What was assumed of something that stays as it is during a call → which of its options."""


@dataclass(frozen=True, slots=True)
class Way:
    """How a call comes to an outcome."""

    end: End
    conditions: tuple[str, ...]
    nodes: tuple[Ref, ...]


@dataclass(frozen=True, slots=True)
class _State:
    """A call before its next move."""

    ref: Ref
    call: Call
    within: bool
    assumed: Assumed
    conditions: tuple[str, ...] = field(default=(), compare=False)
    nodes: tuple[Ref, ...] = field(default=(), compare=False)


def outcomes(tenant: Tenant, scope: Scope, first: Ref, call: Call, given: Given) -> tuple[Way, ...]:
    """Every outcome of the call, the nearest first; `given` holds in all of them."""
    found: dict[End, Way] = {}
    start = _State(first, call, False, ())
    waiting, seen = deque([start]), {start}
    while waiting:
        state = waiting.popleft()
        nodes = state.nodes if state.within else (*state.nodes, state.ref)
        for move, asked in _moves(tenant, scope, state, given):
            conditions = (*state.conditions, *asked.conditions)
            if move.to is None:
                end = move.end or End(Ending.LOOPS)
                found.setdefault(end, Way(end, conditions, nodes))
                continue
            onward = replace(move.call, fresh=False)
            there = _State(move.to, onward, move.within, asked.assumed, conditions, nodes)
            if there not in seen:
                seen.add(there)
                waiting.append(there)
    return tuple(found.values())


def _moves(tenant: Tenant, scope: Scope, state: _State, given: Given) -> Iterator[tuple[Move, _Asked]]:
    """Every move that the call may make, with what each takes for granted."""
    script: tuple[int, ...] | None = ()
    while script is not None:
        asked = _Asked(script, state.assumed, given, tenant.users)
        yield interpreter.step(tenant, scope, state.ref, state.call, asked), asked
        script = asked.following()


class _Asked:
    """`Around` a call that answers by a script of options, and the first option where the script is at its end."""

    def __init__(self, script: tuple[int, ...], assumed: Assumed, given: Given, users: Mapping[str, User]) -> None:
        self._script, self._given, self._said = script, given, Situation(given, users)
        self._taken: list[tuple[int, int]] = []
        self._assumed = dict(assumed)
        self.conditions: list[str] = []

    @property
    def assumed(self) -> Assumed:
        return tuple(sorted(self._assumed.items()))

    def following(self) -> tuple[int, ...] | None:
        """The script that takes the next option of the last question that has one left; None where all were taken."""
        for depth in range(len(self._taken) - 1, -1, -1):
            index, count = self._taken[depth]
            if index + 1 < count:
                return (*(each for each, _ in self._taken[:depth]), index + 1)
        return None

    def key(self, expected: Sequence[str], most: int = 1) -> str:  # noqa: ARG002  (one wrong key is as wrong as many)
        wrong = next((each for each in KEYS if not any(known.startswith(each) for known in expected)), "")
        others = [("another key", wrong)] if wrong else []
        return self._choose([*((f"key {each}", each) for each in expected), ("no key", ""), *others])

    def digits(self, expected: Sequence[str], most: int) -> str:  # noqa: ARG002  (as above)
        keyed = [(f"keys {each}", each) for each in expected]
        return self._choose([*keyed, ("no keys", ""), ("other keys", "*")])

    def words(self, expected: Sequence[str]) -> str:
        said = [(f"“{each}”", each) for each in expected]
        return self._choose([*said, ("nothing said", ""), ("not understood", NOT_UNDERSTOOD)])

    def line(self, user: str) -> Line:
        if user in self._given.busy | self._given.unregistered:
            return self._said.line(user)
        words = {Line.RINGS: "free", Line.BUSY: "on a call", Line.UNREACHABLE: "unregistered"}
        options = [(f"user:{user} is {said}" if line is not Line.RINGS else "", line) for line, said in words.items()]
        return self._choose(options, f"line {user}")

    def answers(self, rung: Sequence[Ref]) -> Ref | None:
        given = self._said.answers(rung)
        able: list[tuple[str, Ref | None]] = [
            (f"{each} answers", each) for each in rung if each == given or self._said.answers((each,))
        ]
        return self._choose([*able, ("nobody answers", None)])

    def seats(self, at: Ref, seats: Sequence[Seat], *, second: bool = False) -> Sequence[Presence]:
        usual = self._said.seats(at, seats, second=second)
        options: list[tuple[str, Sequence[Presence]]] = [("", usual)]
        if not {at.name, str(at)} & self._given.logged_in.keys():
            for each in (Presence.OUT, Presence.BUSY, Presence.UNREACHABLE):
                if (found := _all(each, at, seats)) != usual:
                    options.append((f"everybody of {at} is {each}", found))
        return self._choose(options, f"seats {at}")

    def full(self, place: Ref) -> bool:
        if self._said.full(place):
            return True
        return self._choose([("", False), (f"{place} is full", True)], f"full {place}")

    def activity(self, user: str) -> str:
        return self._said.activity(user)

    def switch(self, schedule: str) -> str:
        return self._said.switch(schedule)

    def _choose(self, options: Sequence[tuple[str, T]], lasting: str = "") -> T:
        """The option whose turn it is. What is `lasting` stays so for the rest of the call."""
        if lasting in self._assumed:
            return options[self._assumed[lasting]][1]
        depth = len(self._taken)
        index = self._script[depth] if depth < len(self._script) else 0
        self._taken.append((index, len(options)))
        if lasting:
            self._assumed[lasting] = index
        words, chosen = options[index]
        if words:
            self.conditions.append(words)
        return chosen


def _all(presence: Presence, at: Ref, seats: Sequence[Seat]) -> Sequence[Presence]:
    """Every user the same; public numbers are always there but in a queue, where they may be logged out."""
    outside = Presence.OUT if presence is Presence.OUT and at.kind == "queue" else Presence.THERE
    return [presence if each.member.kind == "user" else outside for each in seats]
