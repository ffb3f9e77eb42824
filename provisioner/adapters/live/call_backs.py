"""The `CallBacks` port over SSH and Asterisk's own command line, for the menus keep their numbers in its database."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from datetime import UTC, datetime

from provisioner.adapters.sip.shell import Shell, ShellError
from provisioner.core.ports.call_backs import Left
from provisioner.targets.asterisk import naming

_ROW = re.compile(r"^/\S+/(?P<id>(?P<at>[0-9]+)-\S+)\s*: (?P<menu>\S+) (?P<number>\S+)\s*$", re.MULTILINE)


class SshCallBacks:
    """`shell_of` finds the core node of a tenant."""

    def __init__(self, shell_of: Callable[[str], Shell]) -> None:
        self._shell_of = shell_of

    async def waiting(self, tenant: str) -> tuple[Left, ...]:
        said = await self._ask(tenant, f"database show {naming.call_backs(tenant)}")
        found = (
            Left(row["id"], row["menu"], row["number"], datetime.fromtimestamp(int(row["at"]), UTC))
            for row in _ROW.finditer(said)
        )
        return tuple(sorted(found, key=lambda left: (left.at, left.id)))

    async def done(self, tenant: str, id: str) -> bool:
        if id not in {left.id for left in await self.waiting(tenant)}:
            return False
        await self._ask(tenant, f"database del {naming.call_backs(tenant)} {id}")
        return True

    async def _ask(self, tenant: str, command: str) -> str:
        said = (await self._shell_of(tenant).run(f"asterisk -rx {shlex.quote(command)}")).decode(errors="replace")
        if "Unable to connect" in said:
            raise ShellError(f"asterisk of {tenant} does not answer: {said.strip()}", "start it, and try again")
        return said
