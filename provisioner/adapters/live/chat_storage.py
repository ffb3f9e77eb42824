"""The `ChatStorage` port over SSH, by the node's own program (`roles/ejabberd`)."""

from __future__ import annotations

import json
import shlex
from datetime import datetime

from provisioner.adapters.sip.shell import Shell
from provisioner.core.ports.chat_storage import Stored

PROGRAM = "/usr/bin/python3 -P /usr/local/lib/pbx/pbx_chat_kept.py"


class SshChatStorage:
    """`shell` is on the machine that carries chat."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell

    async def stored(self, tenant: str) -> tuple[Stored, ...]:
        told = json.loads(await self._shell.run(f"{PROGRAM} usage {shlex.quote(tenant)}"))
        return tuple(
            Stored(**{**each, "oldest": datetime.fromisoformat(each["oldest"]) if each["oldest"] else None})
            for each in told
        )
