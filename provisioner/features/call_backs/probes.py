"""A call-back menu as its caller meets it: the number is offered, or asked for, and none is left.

`pbx verify` runs against tenants in use, so it hangs up before a number is stored.
"""

from __future__ import annotations

from provisioner.core.feature import Scope
from provisioner.core.probes import HangsUp, Hears
from provisioner.core.refs import Ref
from provisioner.core.visits import Caller, Visit, Way

from . import sentences
from .model import CallBack, Numbers


def visit(call_backs: dict[str, CallBack], ref: Ref, scope: Scope, caller: Caller) -> Visit | None:
    each = call_backs.get(ref.name) if ref.kind == "call_back" else None
    if each is None:
        return None
    arrival = [Hears(caller.line, caller.hears(scope.sounds[each.prompt.name], scope.language))] if each.prompt else []
    # Test calls from outside come from a mobile number; an extension is no number to be called back at.
    offered = each.offer_caller_number and each.numbers is not Numbers.NATIONAL and not caller.internal
    asks = sentences.OFFER if offered else sentences.KEY_IN
    arrival.append(Hears(caller.line, caller.hears(asks, scope.language)))
    leaves = Way(id="left", title="and is left again", steps=(HangsUp(caller.line),))
    return Visit(arrival=tuple(arrival), ways=(leaves,), rows=("R7",))
