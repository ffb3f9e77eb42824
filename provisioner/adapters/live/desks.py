"""The `Desks` port over SSH and Asterisk's own command line.

Reads back what it took away, because Asterisk's command line ends well whatever became of a command.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable

from provisioner.adapters.sip.shell import Shell, ShellError
from provisioner.core.ports.desks import Seat
from provisioner.targets.asterisk import desks, naming


class SshDesks:
    """`shell_of` finds the core node of a tenant."""

    def __init__(self, shell_of: Callable[[str], Shell]) -> None:
        self._shell_of = shell_of

    async def seats(self, tenant: str) -> dict[str, Seat]:
        said = await self._ask(tenant, f"database show {naming.database_family(tenant)}")
        line = re.compile(rf"^/{re.escape(desks.entry(tenant, ''))}(\S+)\s*: (\S+):([0-9]+)\s*$", re.MULTILINE)
        return {desk: Seat(user, int(until)) for desk, user, until in line.findall(said)}

    async def log_out(self, tenant: str, desk: str) -> None:
        family, _, key = desks.entry(tenant, desk).rpartition("/")
        await self._ask(tenant, f"database del {family} {key}")
        if (seat := (await self.seats(tenant)).get(desk)) is not None:
            raise ShellError(
                f"{seat.user} of {tenant} is still logged in at {desk}",
                "look at the core node: `asterisk -rx 'core show uptime'`",
            )

    async def _ask(self, tenant: str, command: str) -> str:
        said = (await self._shell_of(tenant).run(f"asterisk -rx {shlex.quote(command)}")).decode(errors="replace")
        if "Unable to connect" in said:
            raise ShellError(f"asterisk of {tenant} does not answer: {said.strip()}", "start it, and try again")
        return said
