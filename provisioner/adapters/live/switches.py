"""The `Switches` port over SSH and Asterisk's own command line: what users set by phone, set from outside.

Reads back what it set, because Asterisk's command line ends well whatever became of a command.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable

from provisioner.adapters.sip.shell import Shell, ShellError
from provisioner.core.ports.switches import Switched
from provisioner.targets.asterisk import naming, switches

_VALUE = re.compile(r"^Value: (.*)$", re.MULTILINE)


class SshSwitches:
    """`shell_of` finds the core node of a tenant."""

    def __init__(self, shell_of: Callable[[str], Shell]) -> None:
        self._shell_of = shell_of

    async def get(self, tenant: str, schedule: str) -> Switched:
        family = naming.database_family(tenant)
        state = await self._value(tenant, f"database get {family} {switches.state_key(schedule)}")
        until = await self._value(tenant, f"database get {family} {switches.until_key(schedule)}")
        return Switched(state if state in switches.STATES else switches.AUTO, int(until) if until.isdigit() else None)

    async def set(self, tenant: str, schedule: str, wanted: Switched) -> None:
        family, until = naming.database_family(tenant), switches.until_key(schedule)
        # The end first: cut off behind it, what is set ends early and not never.
        commands = [f"database put {family} {switches.state_key(schedule)} {wanted.state}"]
        if wanted.until:
            commands.insert(0, f"database put {family} {until} {wanted.until}")
        elif (await self.get(tenant, schedule)).until:
            commands.insert(0, f"database del {family} {until}")
        lamps = switches.lamps(tenant, schedule, wanted.state)
        commands += [f"devstate change {light} {lamp.value}" for light, lamp in lamps]
        await self._shell_of(tenant).run(" && ".join(f"asterisk -rx {shlex.quote(each)}" for each in commands))
        if (found := await self.get(tenant, schedule)) != wanted:
            raise ShellError(
                f"the schedule {schedule} of {tenant} is {found.state} and not {wanted.state}",
                "look at the core node: `asterisk -rx 'core show uptime'`",
            )

    async def _value(self, tenant: str, command: str) -> str:
        said = (await self._shell_of(tenant).run(f"asterisk -rx {shlex.quote(command)}")).decode(errors="replace")
        if "Unable to connect" in said:
            raise ShellError(f"asterisk of {tenant} does not answer: {said.strip()}", "start it, and try again")
        found = _VALUE.search(said)
        return found[1].strip() if found else ""
