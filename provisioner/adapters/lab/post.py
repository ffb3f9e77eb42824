"""The `Post` port of a lab: what its mail relay caught."""

from __future__ import annotations

import asyncio
from email import utils

from . import catcher


class LabPost:
    def __init__(self, run: catcher.Run) -> None:
        self._run = run

    async def faxes(self, address: str, caller: str, since: float) -> tuple[bytes, ...]:
        caught = await asyncio.to_thread(catcher.caught, self._run)
        mine = (each for each in caught if each.at >= since and address in map(_plain, each.to) and caller in each.text)
        return tuple(content for each in mine for name, content in each.files if name.endswith(".pdf"))


def _plain(address: str) -> str:
    return utils.parseaddr(address)[1]
