"""What a call does at a shared mailbox: members who dial it listen, everybody else leaves a message."""

from __future__ import annotations

from provisioner.core.feature import Scope
from provisioner.core.refs import Ref
from provisioner.core.trace import Around, Call, Ending, Move, Step, ends, goes, hears

from .model import SharedMailbox


def trace(boxes: dict[str, SharedMailbox], ref: Ref, scope: Scope, call: Call, around: Around) -> Move | None:
    box = boxes.get(ref.name) if ref.kind == "voicemail" else None
    if box is None:
        return None
    path = ("voicemail", ref.name)
    if box.extension and call.dialled == box.extension and call.caller.user in {each.name for each in box.members}:
        return ends(
            call, [Step("listens to the messages", (*path, "members"), "is a member")], Ending.SERVICE, str(ref)
        )
    greeting = (
        hears(call, scope, box.greeting, (*path, "greeting"))
        if box.greeting
        else Step("hears the usual greeting", path)
    )
    if box.keys and (key := around.key(tuple(box.keys))) in box.keys:
        where = (*path, "keys", key)
        return goes(call, [greeting, Step(f"presses {key}", where)], box.keys[key], where)
    return ends(call, [greeting, Step("leaves a message", path)], Ending.MESSAGE, str(ref))
