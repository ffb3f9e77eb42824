"""Users as callers meet them, and what users do themselves: register, call each other, call out."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.core.feature import Scope
from provisioner.core.numbering import plan_of
from provisioner.core.permissions import CallPermission
from provisioner.core.probes import (
    Answers,
    Dials,
    HangsUp,
    Hears,
    IsEnded,
    MessageLeft,
    Network,
    Phone,
    Probe,
    Reaches,
    Registers,
    Rejects,
    Rings,
    Speaks,
    TalkBothWays,
    Waits,
)  # fmt: skip
from provisioner.core.refs import Ref
from provisioner.core.visits import BEEP, Caller, Visit, Way, by_keys

from .asterisk import GREETING, outside
from .facts import permission
from .model import User, ways


def visit(users: dict[str, User], ref: Ref, scope: Scope, caller: Caller) -> Visit | None:
    user = users.get(ref.name)
    if user is None:
        return None
    if ref.kind == "user":
        return _called(ref.name, user, caller)
    if ref.kind == "voicemail" and user.voicemail:
        return _mailbox(ref.name, user, scope, caller)
    return None


def _called(name: str, user: User, caller: Caller) -> Visit:
    chosen, phone = ways(name, user, inside=caller.internal), caller.phone(name)
    if chosen.always:
        return Visit(ways=(Way(id="always", title="forwarded", to=chosen.always),))
    if phone is None and user.mobiles:
        return Visit(rows=("N5",))  # no test telephone is behind the number of a mobile one
    if phone is None:
        return Visit(ways=(Way(id="unreachable", title="no telephone", to=chosen.unreachable),))
    onward = [
        Way(
            id="answered",
            title="answered",
            steps=(Answers(phone), TalkBothWays(caller.line, phone), HangsUp(caller.line)),
        ),
        Way(id="no-answer", title="nobody answers", steps=(Waits(user.ring_time),), to=chosen.no_answer),
    ]
    if len(user.devices) == 1:
        # Where several telephones ring, one that rejects leaves the others ringing.
        onward.append(Way(id="busy", title="rejected", steps=(Rejects(phone),), to=chosen.busy))
    return Visit(arrival=(Rings(phone),), ways=tuple(onward), may_ring=(phone,), rows=("U1",))


def _mailbox(name: str, user: User, scope: Scope, caller: Caller) -> Visit:
    assert user.voicemail
    greeting = user.voicemail.greeting
    sounds = scope.sounds[greeting.name] if greeting else GREETING
    message = Way(
        id="message",
        title="a message is left",
        steps=(Waits(BEEP), Speaks(caller.line), HangsUp(caller.line), MessageLeft(name, caller.line)),
    )
    return Visit(
        arrival=(Hears(caller.line, caller.hears(sounds, scope.language)),),
        ways=(message, *by_keys(caller.line, user.voicemail.keys)),
        rows=("U3", "U4"),
    )


def probes(users: dict[str, User], scope: Scope) -> Iterator[Probe]:
    reachable = {name: user for name, user in users.items() if user.telephones}
    for index, (name, user) in enumerate(reachable.items()):
        # Once is proof enough: an edge stops listening to an address that tries too many wrong passwords.
        yield _registration(name, user, scope, wrong_password=index == 0)
    names = list(reachable)
    for name, other in zip(names, names[1:] + names[:1], strict=True):
        if name != other and not ways(other, users[other], inside=True).always:
            yield _colleagues(name, other, users, scope)
    for name, user in reachable.items():
        yield from _out(name, user, scope)


def _registration(name: str, user: User, scope: Scope, *, wrong_password: bool) -> Probe:
    devices = tuple(Phone(name, device) for device in user.telephones)
    refused = (Registers(devices[0], wrong_password=True),) if wrong_password else ()
    return Probe(
        id=f"users.{name}.registers",
        title=f"{user.name}: {len(devices)} registered" + (", a wrong password refused" if refused else ""),
        tenant=scope.slug,
        rows=("U1",),
        steps=(*(Registers(phone) for phone in devices), *refused),
    )


def _colleagues(name: str, other: str, users: dict[str, User], scope: Scope) -> Probe:
    one, two = _phone(name, users[name]), _phone(other, users[other])
    return Probe(
        id=f"users.{name}.calls-{other}",
        title=f"{users[name].name} calls {users[other].name} on {users[other].extension}",
        tenant=scope.slug,
        rows=("U1",),
        steps=(
            Dials(one, users[other].extension),
            Rings(two, users[name].extension),
            Answers(two),
            TalkBothWays(one, two),
            HangsUp(one),
            IsEnded(two),
        ),
    )


def _out(name: str, user: User, scope: Scope) -> Iterator[Probe]:
    plan = plan_of(scope.country)
    if plan is None or plan.example in scope.tenant_numbers:
        return
    phone, number = _phone(name, user), plan.example
    local = f"{scope.outside_prefix}{plan.national_prefix}{number.removeprefix(f'+{plan.calling_code}')}"
    if permission(user, scope) is CallPermission.INTERNAL:
        yield Probe(
            id=f"users.{name}.barred",
            title=f"{user.name} may not call out",
            tenant=scope.slug,
            rows=("N8",),
            steps=(Dials(phone, local), IsEnded(phone, "", 20)),
        )
        return
    for index, (device, what) in enumerate(user.telephones.items()):
        if index and not what.caller_id:
            continue  # as with the first
        caller_id, with_it = what.caller_id or user.caller_id, Phone(name, device)
        withheld = caller_id == "withheld"
        shown = "" if withheld else outside(name, caller_id, scope)[0]
        yield Probe(
            id=f"users.{name}.calls-out" + (f"-with-{device}" if index else ""),
            title=f"{user.name} calls out{f' with {device}' if index else ''} and shows {shown or 'no number'}",
            tenant=scope.slug,
            rows=("N8", "U1"),
            steps=(
                Dials(with_it, local),
                Reaches(Network(), number, shown, withheld),
                TalkBothWays(with_it, Network()),
                HangsUp(with_it),
            ),
        )


def _phone(name: str, user: User) -> Phone:
    return Phone(name, next(iter(user.telephones)))
