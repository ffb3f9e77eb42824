"""The `Limits` port over SSH and Asterisk's own command line: what the dialplan counts in AstDB.

Reads back what it took away, because Asterisk's command line ends well whatever became of a command.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable

from provisioner.adapters.sip.shell import Shell, ShellError
from provisioner.core.ports.limits import Spent, Stop
from provisioner.targets.asterisk import limits, naming

_VALUE = re.compile(r"^Value: (.*)$", re.MULTILINE)


class SshLimits:
    """`shell_of` finds the core node of a tenant."""

    def __init__(self, shell_of: Callable[[str], Shell]) -> None:
        self._shell_of = shell_of

    async def spent(self, tenant: str) -> dict[str, Spent]:
        family, key = naming.database_family(tenant), limits.spending_key()
        said = await self._ask(tenant, f"database show {family}")
        entry = re.compile(rf"^/{re.escape(family)}/{re.escape(key)}(?:-(\S+))?\s*: (.*)$", re.MULTILINE)
        return {user: limits.spent(value.strip()) for user, value in entry.findall(said)}

    async def stop(self, tenant: str) -> Stop | None:
        found = _VALUE.search(await self._ask(tenant, f"database get {naming.database_family(tenant)} {limits.STOP}"))
        return limits.stop(found[1].strip()) if found else None

    async def lift(self, tenant: str) -> None:
        # The count first: cut off behind it, the stop stands, and nobody is told otherwise.
        for key in (limits.RECENT, limits.STOP):
            await self._ask(tenant, f"database del {naming.database_family(tenant)} {key}")
        if await self.stop(tenant):
            hint = "look at the core node: `asterisk -rx 'core show uptime'`"
            raise ShellError(f"dear calls of {tenant} are stopped still", hint)

    async def _ask(self, tenant: str, command: str) -> str:
        said = (await self._shell_of(tenant).run(f"asterisk -rx {shlex.quote(command)}")).decode(errors="replace")
        if "Unable to connect" in said:
            raise ShellError(f"asterisk of {tenant} does not answer: {said.strip()}", "start it, and try again")
        return said
