"""Runs the host's commands: bounded in time, with errors that name the command and what it said.

Not for commands on lab machines: those go over SSH (access.py).
"""

from __future__ import annotations

import shlex
import subprocess
from collections.abc import Sequence

from provisioner.core.errors import PbxError, TimedOut


class LabError(PbxError):
    """The lab could not be brought where it was wanted."""


def run(argv: Sequence[str], *, stdin: str = "", timeout: float = 30) -> str:
    """The command's stdout. Raises LabError when it fails, TimedOut when it takes longer than `timeout` seconds."""
    try:
        done = subprocess.run(argv, input=stdin, capture_output=True, text=True, timeout=timeout, check=False)
    except FileNotFoundError as error:
        raise LabError(f"{argv[0]}: command not found", "run bin/setup") from error
    except subprocess.TimeoutExpired as error:
        raise TimedOut(f"{shlex.join(argv)}: no end within {timeout:g} s", "try again") from error
    if done.returncode:
        said = done.stderr.strip() or done.stdout.strip() or "it said nothing"
        raise LabError(f"{shlex.join(argv)}: exit {done.returncode}, expected 0: {said}")
    return done.stdout


def succeeds(argv: Sequence[str], *, timeout: float = 30) -> bool:
    try:
        run(argv, timeout=timeout)
    except PbxError:
        return False
    return True
