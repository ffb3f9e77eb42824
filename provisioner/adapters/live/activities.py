"""The `Activities` port over SSH and Asterisk's own command line.

Reads back what it set, because Asterisk's command line ends well whatever became of a command.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable

from provisioner.adapters.sip.shell import Shell, ShellError
from provisioner.core.ports.activities import AVAILABLE, Doing, Trouble
from provisioner.targets.asterisk import activities, naming

_CALENDARS = "/var/lib/pbx-calendars"
"""What `pbx-calendars` keeps."""
_VALUE = re.compile(r"^Value: (.*)$", re.MULTILINE)


class SshActivities:
    """`shell_of` finds the core node of a tenant."""

    def __init__(self, shell_of: Callable[[str], Shell]) -> None:
        self._shell_of = shell_of

    async def get(self, tenant: str, user: str) -> Doing:
        said = await self._ask(tenant, f"database get {self._entry(tenant, user)}")
        found = _VALUE.search(said)
        return activities.read(found[1].strip()) if found else Doing()

    async def everybody(self, tenant: str) -> dict[str, Doing]:
        family = naming.database_family(tenant)
        said = await self._ask(tenant, f"database show {family}")
        entry = re.compile(rf"^/{re.escape(family)}/{re.escape(activities.key(''))}(\S+)\s*: (.*)$", re.MULTILINE)
        return {user: activities.read(value.strip()) for user, value in entry.findall(said)}

    async def troubles(self, tenant: str) -> dict[str, Trouble]:
        file = shlex.quote(f"{_CALENDARS}/{tenant}.json")
        told = json.loads(await self._shell_of(tenant).run(f"if test -e {file}; then cat {file}; else echo '{{}}'; fi"))
        return {
            user: Trouble(each["failing"], int(each["since"]), int(each["read"]) or None)
            for user, each in told.items()
            if each["failing"]
        }

    async def set(self, tenant: str, user: str, wanted: Doing) -> None:
        entry = self._entry(tenant, user)
        if wanted.activity == AVAILABLE and not wanted.note:
            await self._ask(tenant, f"database del {entry}")
            wanted = Doing()
        else:
            await self._ask(tenant, f"database put {entry} {activities.written(wanted)}")
        if (found := await self.get(tenant, user)) != wanted:
            raise ShellError(
                f"{user} of {tenant} is {found.activity} and not {wanted.activity}",
                "look at the core node: `asterisk -rx 'core show uptime'`",
            )

    @staticmethod
    def _entry(tenant: str, user: str) -> str:
        return f"{naming.database_family(tenant)} {activities.key(user)}"

    async def _ask(self, tenant: str, command: str) -> str:
        said = (await self._shell_of(tenant).run(f"asterisk -rx {shlex.quote(command)}")).decode(errors="replace")
        if "Unable to connect" in said:
            raise ShellError(f"asterisk of {tenant} does not answer: {said.strip()}", "start it, and try again")
        return said
