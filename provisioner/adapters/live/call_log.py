"""The `CallLog` port over SSH, by the node's own program (`roles/calls`)."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from provisioner.adapters.sip.shell import Shell
from provisioner.core.ports.call_log import LoggedCall

# As the user whose file it is: what root opened would be root's.
PROGRAM = "runuser -u asterisk -- env PYTHONPATH=/usr/local/lib/pbx PYTHONDONTWRITEBYTECODE=1 python3 -P -m pbx_calls"
FIELDS = ("user", "direction", "result", "number", "name", "seconds", "device", "by", "to", "message")
MOBILE = "*mobile"


class SshCallLog:
    """`shell_of` finds the core node of a tenant."""

    def __init__(self, shell_of: Callable[[str], Shell]) -> None:
        self._shell_of = shell_of

    async def calls(self, tenant: str, user: str, kind: str, count: int) -> tuple[LoggedCall, ...]:
        words = shlex.join(("show", tenant, user, kind, str(count)))
        return tuple(map(_call, json.loads(await self._shell_of(tenant).run(f"{PROGRAM} {words}"))))


def _call(facts: dict[str, Any]) -> LoggedCall:
    device = "mobile" if facts["device"] == MOBILE else facts["device"]
    known = {key: facts[key] for key in FIELDS} | {"device": device}
    return LoggedCall(at=datetime.fromtimestamp(facts["at"], UTC), **known)
