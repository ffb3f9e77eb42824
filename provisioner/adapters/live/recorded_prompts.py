"""The `RecordedPrompts` port over SSH, by the node's own program (`roles/asterisk/files/recorded_prompts.py`)."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable
from datetime import UTC, datetime

from provisioner.adapters.sip.shell import Shell
from provisioner.core.artifacts import Lived
from provisioner.core.ports.prompts import Recorded
from provisioner.targets.asterisk import naming
from provisioner.targets.asterisk.modules import RECORDED_PROMPTS


class SshRecordedPrompts:
    """`shell_of` finds the core node of a tenant."""

    def __init__(self, shell_of: Callable[[str], Shell]) -> None:
        self._shell_of = shell_of

    async def recorded(self, tenant: str) -> tuple[Recorded, ...]:
        return tuple(_recorded(each) for each in json.loads(await self._run(tenant, "list")))

    async def heard(self, sound: Lived) -> bytes:
        path = naming.recorded(sound.tenant, sound.prompt, sound.language)
        return await self._shell_of(sound.tenant).run(f"cat {shlex.quote(path)}.wav")

    async def put(self, sound: Lived, wav: bytes) -> None:
        await self._run(sound.tenant, "put", naming.of_prompt(sound.prompt, sound.language), stdin=wav)

    async def reset(self, tenant: str, prompt: str, language: str) -> None:
        await self._run(tenant, "reset", naming.of_prompt(prompt, language))

    async def _run(self, tenant: str, verb: str, *names: str, stdin: bytes = b"") -> bytes:
        command = shlex.join((RECORDED_PROMPTS, verb, tenant, *names))
        return await self._shell_of(tenant).run(command, stdin)


def _recorded(facts: dict[str, str | float]) -> Recorded:
    prompt, _, language = str(facts["name"]).partition("/")
    at = datetime.fromtimestamp(float(facts["at"]), UTC)
    return Recorded(prompt, "" if language == naming.ALL_LANGUAGES else language, at, float(facts["seconds"]))
