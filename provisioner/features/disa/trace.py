"""What a call does at an access from outside: a user's mobile telephone gets on by her PIN, all others are refused."""

from __future__ import annotations

from provisioner.core.feature import Scope
from provisioner.core.refs import Ref
from provisioner.core.trace import Around, Call, Ending, Move, Step, ends

from .model import Disa


def trace(entrances: dict[str, Disa], ref: Ref, scope: Scope, call: Call, _: Around) -> Move | None:
    """What she dials then is a call of her own, which is asked for by itself."""
    entrance = entrances.get(ref.name) if ref.kind == "disa" else None
    if entrance is None:
        return None
    path = ("disa", ref.name)
    for index, user in enumerate(entrance.users):
        if not call.caller.inside and call.caller.number in scope.mobile_devices.get(user.name, ()):
            steps = [
                Step(f"{user.name} is asked for her PIN", (*path, "users", index), "it is her mobile telephone"),
                Step("dials on as at her desk", path),
            ]
            return ends(call, steps, Ending.SERVICE, str(ref))
    return ends(call, [Step("is refused", path, "the caller's number is no user's mobile telephone")], Ending.REFUSED)
