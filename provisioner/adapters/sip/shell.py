"""Running a command on a machine of the platform over OpenSSH.

With a shared connection (`ControlMaster` in the SSH configuration) each command takes milliseconds. Secrets travel on
standard input only, never on a command line. For deploying see the Ansible adapter; this is for the verifier's agents
and its questions.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from typing import Protocol

from provisioner.core.errors import PbxError, TimedOut

SESSIONS = 8
"""Commands at once for each machine; OpenSSH's daemon refuses the eleventh session of a connection."""


class ShellError(PbxError):
    """A machine could not be reached, or a command failed on it."""


class ShellTimedOut(ShellError, TimedOut):
    """A machine or a command on it gave no answer in time."""

    exit_code = TimedOut.exit_code


class Shell(Protocol):
    async def run(self, command: str, stdin: bytes = b"", timeout: float = 20.0) -> bytes:
        """The standard output of a shell command; `ShellError` where its exit status is not 0, `ShellTimedOut` where
        it takes longer than so many seconds."""
        ...


class Ssh:
    """The `Shell` over OpenSSH; `arguments` is the start of the command line, `ssh -F CONFIG MACHINE`."""

    def __init__(self, place: str, arguments: Sequence[str]) -> None:
        self._place, self._arguments = place, tuple(arguments)
        self._first, self._connected = asyncio.Lock(), False
        self._places = asyncio.Semaphore(SESSIONS)

    async def run(self, command: str, stdin: bytes = b"", timeout: float = 20.0) -> bytes:
        # Two commands that both find no connection would race to become the master of the shared one.
        if not self._connected:
            async with self._first:
                if not self._connected:
                    await execute([*self._arguments, "true"], b"", timeout, self._place)
                    self._connected = True
        async with self._places:
            return await execute([*self._arguments, command], stdin, timeout, self._place)


async def execute(arguments: Sequence[str], stdin: bytes, timeout: float, place: str) -> bytes:
    process = await asyncio.create_subprocess_exec(
        *arguments, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    try:
        out, err = await asyncio.wait_for(process.communicate(stdin), timeout)
    except TimeoutError:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
        raise ShellTimedOut(
            f"{place}: no answer within {timeout:g} s to {arguments[-1][:80]!r}",
            "look at the machine, one of a lab with `pbx lab status` and `pbx lab shell`",
        ) from None
    if process.returncode:
        words = err.decode(errors="replace").strip() or out.decode(errors="replace").strip() or "no message"
        raise ShellError(f"{place}: {arguments[-1][:80]!r} ended with {process.returncode}: {words[-600:]}")
    return out
