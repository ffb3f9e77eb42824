"""Locks on stacks: an outer one of ours that the kernel drops when its owner dies, and Pulumi's own, which never end.

Ours tells two `pbx` on one machine apart, and names the owner; that of a whole run (adapters/gate.py) stands above it.
One of Pulumi's whose process is gone from this machine is taken away; one that lives, or that another machine laid, is
somebody's work in progress.
"""

from __future__ import annotations

import fcntl
import getpass
import json
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from provisioner.core.deployment import Event, Progress
from provisioner.core.errors import LockHeld

from .state import LocalState

_LAST_BREATH_SECONDS = 20.0
"""How long an engine may take to end after its `pbx` was killed: it saves state and lets its lock go."""
_WRITING_SECONDS = 1.0
"""How long an engine may take to write its lock, which has 200 bytes."""


@contextmanager
def ours(folder: Path, stack: str) -> Iterator[None]:
    """Holds the outer lock of a stack; raises `LockHeld` where another `pbx` of this machine has it."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f"{stack}.lock").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            raise held(stack, _owner(file.read())) from None
        file.truncate(0)
        file.write(json.dumps(_us()))
        file.flush()
        yield


def release_dead(state: LocalState, stack: str, progress: Progress) -> bool:
    """Takes away locks of dead engines, waits a little for dying ones; raises `LockHeld` for living ones.

    Called with the outer lock held, so a living engine here is the orphan of a killed `pbx`, or `pulumi` by hand.
    """
    released = _released_half_written(state, stack, progress)
    end = time.monotonic() + _LAST_BREATH_SECONDS
    while locks := state.locks(stack):
        for each in locks:
            if each.dead:
                each.file.unlink(missing_ok=True)
                progress(Event(f"released the lock of a dead run ({each.owner})", stack))
                released = True
        living = [each for each in locks if not each.dead]
        if living and (living[0].host != socket.gethostname() or time.monotonic() > end):
            raise held(stack, living[0].owner)
        if living:
            time.sleep(0.2)
    return released


def _released_half_written(state: LocalState, stack: str, progress: Progress) -> bool:
    """Takes away what a full disk left of a lock; one that somebody writes at this moment is soon another file."""
    left = state.half_written_locks(stack)
    if left:
        time.sleep(_WRITING_SECONDS)
        left = tuple(each for each in left if each in state.half_written_locks(stack))
    for each in left:
        each.unlink(missing_ok=True)
        progress(Event("released a lock that was written by half", stack))
    return bool(left)


def broken(state: LocalState, stack: str) -> tuple[str, ...]:
    """Takes the engine's locks of a stack away, whose owner cannot be asked from here; returns who they were.

    Raises `LockHeld` where an owner lives on this machine: then there is a process to end instead.
    """
    there = state.locks(stack)
    for each in there:
        if each.host == socket.gethostname() and not each.dead:
            raise held(stack, each.owner)
    for file in (*(each.file for each in there), *state.half_written_locks(stack)):
        file.unlink(missing_ok=True)
    return tuple(each.owner for each in there)


def held(stack: str, owner: str) -> LockHeld:
    """The error that names who works on the stack."""
    return LockHeld(
        f"the stack {stack} is locked by {owner}",
        "wait until that run has ended, then repeat, or add --wait 5m; if it is dead on another machine, "
        f"`pbx lock break {stack}` releases it",
    )


def _us() -> dict[str, str | int]:
    now = datetime.now(UTC).isoformat(timespec="seconds")
    return {"pid": os.getpid(), "user": getpass.getuser(), "host": socket.gethostname(), "since": now}


def _owner(text: str) -> str:
    try:
        who = json.loads(text)
        return f"{who['user']}@{who['host']}, process {who['pid']}, since {who['since']}"
    except (ValueError, KeyError):
        return "another pbx on this machine"
