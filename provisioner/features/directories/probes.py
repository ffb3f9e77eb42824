"""A directory as its caller meets it: the question, somebody's letters and name, and letters of nobody."""

from __future__ import annotations

from provisioner.core.feature import Scope
from provisioner.core.probes import Hears, Presses
from provisioner.core.refs import Ref
from provisioner.core.visits import Caller, Visit, Way

from .asterisk import AT_ONCE, name_sound
from .keypad import found
from .model import Directory


def visit(directories: dict[str, Directory], ref: Ref, scope: Scope, caller: Caller) -> Visit | None:
    directory = directories.get(ref.name) if ref.kind == "directory" else None
    fits = found(scope.listed, directory.letters) if directory else {}
    if directory is None or not fits:
        return None
    asked = Hears(caller.line, caller.hears(scope.sounds[directory.prompt.name], scope.language))
    keys, users = next(iter(fits.items()))
    last = min(len(users), AT_ONCE)
    steps = (
        Presses(caller.line, keys),
        Hears(caller.line, name_sound(users[last - 1], scope), within=20.0 + 3 * last),
        Presses(caller.line, str(last)),
    )
    way = Way(id="by-name", title=f"the keys {keys}", steps=steps, to=Ref("user", users[last - 1]))
    return Visit(arrival=(asked,), ways=(way,), rows=("R2",))
