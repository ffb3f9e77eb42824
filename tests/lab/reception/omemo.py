"""Programs that encrypt for each other (OMEMO, XEP-0384), by a library of its own: what it keeps is kept in memory.

Trust is given at first sight, as most programs do. Not for anything but tests: the library's licence is the AGPL.
"""

from __future__ import annotations

import asyncio
from typing import Any

from omemo.storage import Just, Maybe, Nothing, Storage
from omemo.types import DeviceInformation, JSONType
from slixmpp import JID
from slixmpp.plugins import register_plugin
from slixmpp_omemo import XEP_0384

from tests.lab.reception.xmpp import SECONDS, Program

PLUGIN = "xep_0384"


class Memory(Storage):
    def __init__(self) -> None:
        super().__init__()
        self._kept: dict[str, JSONType] = {}

    async def _load(self, key: str) -> Maybe[JSONType]:
        return Just(self._kept[key]) if key in self._kept else Nothing()

    async def _store(self, key: str, value: JSONType) -> None:
        self._kept[key] = value

    async def _delete(self, key: str) -> None:
        self._kept.pop(key, None)


class Omemo(XEP_0384):  # type: ignore[misc]
    name = PLUGIN

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        self._memory = Memory()

    @property
    def storage(self) -> Storage:
        return self._memory

    @property
    def _btbv_enabled(self) -> bool:
        return True

    async def _devices_blindly_trusted(self, _: frozenset[DeviceInformation], __: str | None) -> None:
        """Nobody is asked."""

    async def _prompt_manual_trust(self, manually_trusted: frozenset[DeviceInformation], _: str | None) -> None:
        raise AssertionError(f"{manually_trusted} would have to be asked for")


register_plugin(Omemo)


async def publish(program: Program) -> None:
    """Makes the program's keys and lets everybody have them."""
    program.client.register_plugin(PLUGIN)
    plugin = program.client.plugin[PLUGIN]
    plugin.post_init()
    async with asyncio.timeout(4 * SECONDS):
        await plugin.get_session_manager()


async def encrypted(program: Program, channel: str, text: str, readers: set[str]) -> None:
    """Writes in a channel what only `readers` can read."""
    message = program.client.make_message(program.room(channel), mtype="groupchat")
    message["body"] = text
    message.set_from(program.client.boundjid)
    plugin = program.client.plugin[PLUGIN]
    made, failed = await plugin.encrypt_message(message, {JID(f"{each}@{program.domain}") for each in readers})
    assert made is not None, failed
    made.send()


async def decrypted(program: Program, message: Any) -> str:
    """The text of a message that was encrypted for the program; raises what the library does where it was not."""
    plugin = program.client.plugin[PLUGIN]
    assert plugin.is_encrypted(message)
    clear, _ = await plugin.decrypt_message(message)
    return str(clear["body"])
