"""The `Conferences` port over SSH and Asterisk's own command line, which asks ConfBridge itself."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator

from provisioner.adapters.sip.shell import Shell, ShellError
from provisioner.core.ports.conferences import Held, Participant
from provisioner.targets.asterisk import naming

_CHANNEL, _FLAGS, _PROFILE = 30, 6, 16
"""Widths of the columns in which ConfBridge lists who is in a room; a longer channel moves those behind it."""
_UNKNOWN = "<unknown>"


class SshConferences:
    """`shell_of` finds the core node of a tenant."""

    def __init__(self, shell_of: Callable[[str], Shell]) -> None:
        self._shell_of = shell_of

    async def held(self, tenant: str) -> tuple[Held, ...]:
        rooms = sorted(_rooms(await self._ask(tenant, "confbridge list"), naming.conference(tenant, "")))
        found = []
        for name, locked in rooms:
            said = await self._ask(tenant, f"confbridge list {naming.conference(tenant, name)}")
            found.append(Held(name, locked, tuple(_participants(said))))
        return tuple(each for each in found if each.participants)

    async def lock(self, tenant: str, name: str, locked: bool) -> None:
        if not locked:
            family, _, key = naming.conference_wrong(tenant, name).rpartition("/")
            await self._ask(tenant, f"database del {family} {key}")
            if name not in {each.name for each in await self.held(tenant)}:
                return
        await self._do(tenant, f"confbridge {'lock' if locked else 'unlock'}", name)

    async def mute(self, tenant: str, name: str, call: str, muted: bool) -> None:
        await self._do(tenant, f"confbridge {'mute' if muted else 'unmute'}", name, call)

    async def remove(self, tenant: str, name: str, call: str) -> None:
        await self._do(tenant, "confbridge kick", name, call)

    async def _do(self, tenant: str, what: str, name: str, *call: str) -> None:
        said = await self._ask(tenant, " ".join((what, naming.conference(tenant, name), *call)))
        if "No conference bridge named" in said or "No channel named" in said:
            told = " ".join(said.split())
            raise ShellError(f"{what} of {name}: {told}", f"`pbx conferences {tenant}` shows who is in which")

    async def _ask(self, tenant: str, command: str) -> str:
        said = (await self._shell_of(tenant).run(f"asterisk -rx {shlex.quote(command)}")).decode(errors="replace")
        if "Unable to connect" in said:
            raise ShellError(f"asterisk of {tenant} does not answer: {said.strip()}", "start it, and try again")
        return said


def _rooms(said: str, beginning: str) -> Iterator[tuple[str, bool]]:
    """Name and whether it is locked, of the rooms of one tenant."""
    for line in said.splitlines():
        name, *rest = line.split()
        if name.startswith(beginning) and len(rest) >= 3:
            yield name.removeprefix(beginning), rest[2] == "Yes"


def _participants(said: str) -> Iterator[Participant]:
    _, lines, *_ = [*said.split("\n="), ""]
    for line in lines.splitlines()[1:]:
        if line.strip():
            call = line.split()[0]
            flags = max(_CHANNEL, len(call)) + 1
            marks = line[flags : flags + _FLAGS]
            number = line[flags + _FLAGS + 3 * (_PROFILE + 1) :].strip()
            number = "" if number == _UNKNOWN else number
            yield Participant(call, number, leads="A" in marks, muted="m" in marks, waits="w" in marks)
