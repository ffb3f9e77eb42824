"""What a call does at an announcement: it is heard to its end, then the call goes on."""

from __future__ import annotations

from provisioner.core.feature import Scope
from provisioner.core.refs import Ref
from provisioner.core.trace import Around, Call, Move, goes, hears

from .model import Announcement


def trace(announcements: dict[str, Announcement], ref: Ref, scope: Scope, call: Call, _: Around) -> Move | None:
    announcement = announcements.get(ref.name) if ref.kind == "announcement" else None
    if announcement is None:
        return None
    path = ("announcements", ref.name)
    heard = hears(call, scope, announcement.prompt, (*path, "prompt"))
    return goes(call, [heard], announcement.then, (*path, "then"))
