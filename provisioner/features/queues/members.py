"""The members of queues in Asterisk: what rings when it is their turn, and how they come and go."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.core.feature import Scope
from provisioner.core.refs import Ref
from provisioner.core.spoken import spoken
from provisioner.targets.asterisk import agents, naming
from provisioner.targets.asterisk.objects import AsteriskObject, Route, Sound, Step, Steps
from provisioner.targets.asterisk.playing import heard_by_all
from provisioner.targets.asterisk.recordings import Recording, records

from .model import Queue, Strategy

ANY_USER = "_[a-z][a-z0-9]!"
SOURCE = ("queues",)

TAKE = spoken(
    sv="Du har ett samtal från en kö. Tryck 1 för att ta emot det.",
    en="You have a call from a queue. Press 1 to take it.",
)


def seats(name: str, queue: Queue, scope: Scope) -> agents.Seats:
    path = ("queues", name)
    return agents.Seats(
        Ref("queue", name),
        tuple(
            agents.Seat(
                each.member, naming.agent(scope.slug, each.member), each.penalty, each.logged_in,
                (*path, "members", index),
            )
            for index, each in enumerate(queue.members)
        ),
        tuple(queue.administrators),
        queue.strategy is Strategy.LINEAR,
        queue.extension or "",
        {scope.code("agent"): "toggle", scope.code("pause"): "rest"},
        path,
    )  # fmt: skip


def come_and_go(name: str, queue: Queue, scope: Scope) -> Iterator[AsteriskObject]:
    yield from agents.routes(seats(name, queue, scope), scope)


def rung(queues: dict[str, Queue], scope: Scope) -> Iterator[AsteriskObject]:
    """What all queues of the tenant have in common: the telephones of members, and bringing queues in line."""
    context, say = naming.context(scope.slug, "agent"), Steps(scope.slug)
    line = naming.line(scope.slug, "${EXTEN}")
    steps = (
        *say.dial_user("${EXTEN}", scope.domain),
        Step("Gosub", f"pbx.agent,unreachable,1({line})"),
        Step("Hangup", "${HANGUPCAUSE}"),
    )
    yield Route(context, ANY_USER, steps, SOURCE)
    yield from _outside(queues, scope)
    yield from agents.common([Ref("queue", name) for name in queues], scope)


def _outside(queues: dict[str, Queue], scope: Scope) -> Iterator[AsteriskObject]:
    asked: dict[str, bool] = {}
    for queue in queues.values():
        for each in queue.members:
            if each.member.kind == "number":
                asked[each.member.name] = asked.get(each.member.name, False) or each.confirm
    confirm = naming.context(scope.slug, "confirm")
    for number, ask in asked.items():
        line = naming.line(scope.slug, number)
        options = f",,U({confirm}^s^1)" if ask else ""
        steps = (
            Step("Gosub", f"pbx.line,enter,1({line})"),
            Step("Dial", f"{naming.ring(scope.slug, Ref('number', number))}{options}"),
            Step("Gosub", f"pbx.line,leave,1({line})"),
            Step("Hangup", "${HANGUPCAUSE}"),
        )
        yield Route(naming.context(scope.slug, "agent"), number, steps, SOURCE)
    if any(asked.values()):
        # A channel that Asterisk made itself has no language of a caller's.
        takes = Steps(scope.slug).takes_by_key(heard_by_all(TAKE, scope.language))
        yield Route(confirm, "s", takes, SOURCE)
        yield from (Sound(recipe, SOURCE) for recipe in TAKE.values())


def recorded(name: str, scope: Scope) -> Step:
    """Writes down what a caller and a member say to each other: neither music nor announcements."""
    return records(scope.slug, Recording("queue", name), ("queues", name, "recording"))
