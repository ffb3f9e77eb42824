"""What a call does at a user: her block list, her activity, her forwarding, her telephones; and at her mailbox.

What an activity means is told by its own room: the call goes there as `activity:<name>` with what her own rule says,
and comes back where her telephones ring all the same.
"""

from __future__ import annotations

from provisioner.core.callers import holds
from provisioner.core.feature import Scope
from provisioner.core.refs import Ref
from provisioner.core.source import Path
from provisioner.core.trace import RANG, Around, Call, Ending, Line, Move, Step, ends, goes, hears

from .lists import patterns
from .model import User, ways

DOING, OWN_PROMPT, OWN_WAY, AWAY = "activity.user", "activity.prompt", "activity.own", "activity.away"
"""Notes for the activity's room: whose it is, what her own rule says, and where unanswered calls of hers go."""
RINGS = "activity.rings"
"""The user whose telephones ring in her activity."""
ROUND = "users.away."
"""Who sent the call on by an activity before: two who send to each other let the caller go at the second time."""


def line(user: User, *, busy: bool, unregistered: bool) -> Line:
    """What a call to her telephones meets; on a call they take a second one only where the file says so."""
    if not user.devices or (unregistered and not user.mobiles):
        return Line.UNREACHABLE
    return Line.BUSY if busy and (user.waiting or not user.call_waiting) else Line.RINGS


def trace(users: dict[str, User], ref: Ref, scope: Scope, call: Call, around: Around) -> Move | None:
    user = users.get(ref.name)
    if user and ref.kind == "user":
        return _called(ref.name, user, scope, call, around)
    if user and user.voicemail and ref.kind == "voicemail":
        return _mailbox(ref.name, user, scope, call, around)
    return None


def _called(name: str, user: User, scope: Scope, call: Call, around: Around) -> Move:
    inside, steps = call.caller.inside, list[Step]()
    path, chosen = ("users", name), ways(name, user, inside=inside)
    if call.mark(RINGS) != name:
        if holds(patterns(user.blocked, scope), "" if call.caller.inside else call.caller.number):
            refused = Step("hears that the call is not taken", (*path, "blocked"), f"{user.name} blocked the caller")
            return ends(call, [refused], Ending.REFUSED)
        if met := _activity(name, user, scope, call, around):
            return met
    for note in (RINGS, DOING, OWN_PROMPT, OWN_WAY, AWAY):
        call = call.marked(note, "")
    if chosen.always:
        where, _ = user.forwarding.rule("always", inside=inside)
        all_of = {1: "all her calls", 2: "all calls of colleagues" if inside else "all calls from outside"}[len(where)]
        return goes(call, steps, chosen.always, (*path, "forwarding", *where), f"{all_of} are forwarded")

    def rule(which: str) -> Path:
        return _rule(user, path, which, inside=inside)

    if not user.devices:
        return goes(call, steps, chosen.unreachable, rule("unreachable"), "she has no telephone")
    found = around.line(name)
    onward = call.marked(RANG, "yes")
    if found is Line.RINGS:
        steps.append(Step(f"{user.name}’s telephones ring for {user.ring_time} s", (*path, "ring_time")))
        for device, what in user.mobile_devices.items():
            if what.after:
                steps.append(Step(f"after {what.after} s {device} rings along", (*path, "devices", device, "after")))
        if around.answers((Ref("user", name),)):
            steps.append(Step(f"{user.name} answers", path))
            return ends(call, steps, Ending.ANSWERED, f"user:{name}")
        return goes(onward, steps, chosen.no_answer, rule("no_answer"), "nobody answers")
    if found is Line.UNREACHABLE:
        why = "none of her telephones is registered"
        return goes(onward, steps, chosen.unreachable, rule("unreachable"), why)
    if user.waiting:
        steps.append(Step(f"waits for her up to {user.waiting.timeout} s", (*path, "waiting"), "she is on a call"))
    return goes(onward, steps, chosen.busy, rule("busy"), "she is on a call")


def _activity(name: str, user: User, scope: Scope, call: Call, around: Around) -> Move | None:
    """What becomes of a call that her activity does not let ring at once; None where it rings."""
    known = scope.names.get("activity", frozenset())
    doing = around.activity(name) if known else ""
    if not doing or doing not in known or _vip(user, scope, call):
        return None
    path = ("users", name)
    if call.mark(ROUND + name):
        to = Ref("voicemail", name) if user.voicemail else Ref("hangup", "unavailable")
        return goes(call, [], to, (*path, "activities"), "the call came back to her while she is away")
    own = user.activities.get(doing)
    if own and own.rings:
        return None
    told = call.marked(DOING, name).marked(AWAY, str(ways(name, user, inside=call.caller.inside).no_answer))
    told = told.marked(OWN_PROMPT, own.prompt.name if own and own.prompt else "")
    told = told.marked(OWN_WAY, (str(own.destination or "away")) if own else "")
    source = (*path, "activities", doing) if own else path
    step = Step(f"{user.name} is in the activity {doing}", source)
    return Move((step,), told.marked(ROUND + name, "yes"), Ref("activity", doing), within=True)


def _vip(user: User, scope: Scope, call: Call) -> bool:
    if call.caller.inside:
        return Ref("user", call.caller.user) in user.vip
    return holds(patterns(user.vip, scope), call.caller.number)


def _rule(user: User, path: Path, rule: str, *, inside: bool) -> Path:
    """Where the rule stands that decided: her own, that for no answer, or her mailbox."""
    for asked in (rule, "no_answer"):
        where, ref = user.forwarding.rule(asked, inside=inside)
        if ref:
            return (*path, "forwarding", *where)
    return (*path, "voicemail") if user.voicemail else path


def _mailbox(name: str, user: User, scope: Scope, call: Call, around: Around) -> Move:
    assert user.voicemail
    path = ("users", name, "voicemail")
    if user.voicemail.greeting:
        greeting = hears(call, scope, user.voicemail.greeting, (*path, "greeting"))
    else:
        greeting = Step("hears the usual greeting, or the one that she recorded", path)
    keys = user.voicemail.keys
    if keys and (key := around.key(tuple(keys))) in keys:
        where = (*path, "keys", key)
        return goes(call, [greeting, Step(f"presses {key}", where)], keys[key], where)
    return ends(call, [greeting, Step("leaves a message", path)], Ending.MESSAGE, f"voicemail:{name}")
