"""The `CallEvents` port over SSH: the log and those before it that logrotate has kept, packed or not."""

from __future__ import annotations

import shlex
from collections.abc import Callable

from provisioner.adapters.sip.shell import Shell
from provisioner.targets.asterisk.core_node import CALL_EVENTS_FILE


class SshCallEvents:
    """`shell_of` finds the core node of a tenant."""

    def __init__(self, shell_of: Callable[[str], Shell]) -> None:
        self._shell_of = shell_of

    async def log(self, tenant: str) -> str:
        file = shlex.quote(CALL_EVENTS_FILE)
        oldest_first = f"ls -1tr {file}* 2>/dev/null | xargs -r -d '\\n' zcat -f"
        return (await self._shell_of(tenant).run(oldest_first)).decode(errors="replace")
