"""Where callers of a user go on, and whom she may call."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.core.feature import Scope
from provisioner.core.flows import INSIDE, OUTSIDE, Flow, Right
from provisioner.core.permissions import CallPermission
from provisioner.core.refs import Ref
from provisioner.core.source import Path

from .facts import permission
from .model import User, ways

_SIDES = {INSIDE: "colleagues", OUTSIDE: "from outside"}

FLOWS = (
    *(
        Flow(("forwarding", side, rule), f"{words}, {whose}", first=rule == "always")
        for side, whose in _SIDES.items()
        for rule, words in (
            ("always", "always"),
            ("busy", "busy"),
            ("no_answer", "no answer"),
            ("unreachable", "unreachable"),
        )
    ),
    Flow(("forwarding", "always"), "always", first=True),
    Flow(("forwarding", "busy"), "busy"),
    Flow(("forwarding", "no_answer"), "no answer"),
    Flow(("forwarding", "unreachable"), "unreachable"),
    Flow(("activities", "*"), "in {1}"),
    Flow(("voicemail", "keys", "*"), "key {2} in the mailbox"),
)

_CALLS = {
    CallPermission.NATIONAL: "call fixed lines of the country",
    CallPermission.MOBILE: "call mobile phones of the country",
    CallPermission.INTERNATIONAL: "call other countries",
    CallPermission.PREMIUM: "call premium-rate numbers",
}


def implied(users: dict[str, User], _: Scope) -> Iterator[tuple[Path, Ref]]:
    """Ways that are not said and lead where another one does, or to the own mailbox."""
    for name, user in users.items():
        for inside in (True, False) if user.forwarding.split else (False,):
            chosen, side = ways(name, user, inside=inside), INSIDE if inside else OUTSIDE
            for way in ("busy", "no_answer", "unreachable"):
                ref = getattr(chosen, way)
                if user.forwarding.rule(way, inside=inside)[1] is None and ref.kind != "hangup":
                    yield ("users", name, "forwarding", *([side] if user.forwarding.split else []), way), ref


def rights(users: dict[str, User], scope: Scope) -> Iterator[Right]:
    for name, user in users.items():
        level = permission(user, scope).level
        for permitted, words in _CALLS.items():
            if permitted.level <= level:
                yield Right(name, words)
