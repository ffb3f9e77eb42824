"""The `RecordedCalls` port over SSH, by the node's own program (`roles/asterisk/files/recordings.py`)."""

from __future__ import annotations

import base64
import io
import json
import shlex
import wave
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from provisioner.adapters.secrets.sealing import opened
from provisioner.adapters.sip.shell import Shell
from provisioner.core.ports.recordings import Access, RecordedCall
from provisioner.targets.asterisk.modules import RECORDINGS


class SshRecordedCalls:
    """`shell_of` finds the core node of a tenant, `key_of` its private key."""

    def __init__(self, shell_of: Callable[[str], Shell], key_of: Callable[[str], str]) -> None:
        self._shell_of, self._key_of = shell_of, key_of

    async def recorded(self, tenant: str) -> tuple[RecordedCall, ...]:
        return tuple(RecordedCall(**_dated(each)) for each in json.loads(await self._run("list", tenant)))

    async def heard(self, tenant: str, id: str, who: str) -> bytes:
        key = self._key_of(tenant)
        parts = json.loads(await self._run("get", tenant, id, who))
        return _wav(b"".join(opened(base64.b64decode(each), key) for each in parts))

    async def delete(self, tenant: str, id: str, who: str, reason: str) -> None:
        await self._run("delete", tenant, id, who, reason)

    async def refused(self, tenant: str, id: str, who: str) -> None:
        await self._run("refused", tenant, id, who)

    async def accesses(self, tenant: str) -> tuple[Access, ...]:
        return tuple(Access(**_dated(each)) for each in json.loads(await self._run("log", tenant)))

    async def _run(self, verb: str, tenant: str, *arguments: str) -> bytes:
        return await self._shell_of(tenant).run(shlex.join((RECORDINGS, verb, tenant, *arguments)))


def _dated(facts: dict[str, Any]) -> dict[str, Any]:
    return {**facts, "at": datetime.fromtimestamp(facts["at"], UTC)}


def _wav(samples: bytes) -> bytes:
    """Raw telephone sound as a file that everything plays."""
    out = io.BytesIO()
    with wave.open(out, "wb") as target:
        target.setnchannels(1)
        target.setsampwidth(2)
        target.setframerate(8000)
        target.writeframes(samples)
    return out.getvalue()
