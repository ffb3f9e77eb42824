"""What a call does at a directory: letters are keyed in, who fits is read out, a key connects."""

from __future__ import annotations

from provisioner.core.feature import Scope
from provisioner.core.refs import Ref
from provisioner.core.source import Path
from provisioner.core.trace import Around, Call, Move, Step, goes, hears

from .keypad import found
from .model import Directory

AT_ONCE = 8
MORE = "9"
FAILED, AGAIN = "directories.failed", "directories.again"


def trace(directories: dict[str, Directory], ref: Ref, scope: Scope, call: Call, around: Around) -> Move | None:
    directory = directories.get(ref.name) if ref.kind == "directory" else None
    if directory is None:
        return None
    path = ("directories", ref.name)
    here = call.marked(AGAIN, "") if call.mark(AGAIN) == ref.name else call.marked(FAILED, "0")
    steps = [hears(here, scope, directory.prompt, (*path, "prompt"))]
    fits = found(scope.listed, directory.letters)
    keyed = around.digits(tuple(fits), directory.letters)
    if not keyed:
        steps.append(Step("keys in nothing", (*path, "timeout"), f"for {directory.timeout} s"))
    elif keyed not in fits:
        steps.append(Step(f"keys in {keyed}", path, "nobody's name begins so"))
    else:
        steps.append(Step(f"keys in {keyed}", path))
        if user := _chosen(fits[keyed], steps, path, scope, around):
            return goes(here, steps, Ref("user", user), ("users", user))
    failed = int(here.mark(FAILED)) + 1
    count = f"attempt {failed} of {directory.attempts}"
    if failed >= directory.attempts:
        return goes(here, steps, directory.exhausted, (*path, "exhausted"), count)
    again = here.marked(FAILED, str(failed)).marked(AGAIN, ref.name)
    return Move((*steps, Step("is asked again", (*path, "attempts"), count)), again, ref, within=True)


def _chosen(users: tuple[str, ...], steps: list[Step], path: Path, scope: Scope, around: Around) -> str:
    """Whom the caller chooses among those who fit, a page at a time; empty where she chooses nobody."""
    for first in range(0, len(users), AT_ONCE):
        page, last = users[first : first + AT_ONCE], first + AT_ONCE >= len(users)
        names = ", ".join(f"{index} for {scope.listed[user]}" for index, user in enumerate(page, start=1))
        keys = [str(index) for index in range(1, len(page) + 1)]
        key = around.key((*keys, *(() if last else (MORE,))))
        steps.append(Step(f"hears {names}, and presses {key or 'nothing'}", path))
        if key in keys:
            return page[int(key) - 1]
        if last or key != MORE:
            return ""
    return ""
