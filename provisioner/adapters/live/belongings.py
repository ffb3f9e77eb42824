"""The `Belongings` port: files are fetched over SSH one by one, and taken away by one run of Ansible over all machines.

Recordings are opened here with the tenant's key, which no machine has. An export is readable by its owner alone.
"""

from __future__ import annotations

import asyncio
import csv
import io
import json
import shlex
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from pathlib import Path, PurePath
from typing import Any

from provisioner.adapters.sip.shell import Shell
from provisioner.core.deployment import Play, Playbooks, Progress
from provisioner.targets.asterisk.core_node import CALL_EVENTS

from .call_events import SshCallEvents
from .call_log import SshCallLog
from .chat_storage import PROGRAM as CHAT_PROGRAM
from .recorded_calls import SshRecordedCalls

KINDS = {"messages": "voicemail", "prompts": "prompts", "activities": "activities", "bookings": "bookings"}
"""Kind → folder below Asterisk's spool with a folder for each tenant."""

SPOOL = "/var/spool/asterisk"
CONTACTS = "/var/lib/pbx-contacts"
CHAT_SPOOL = "/var/lib/pbx-chat"
AT_ONCE = 8
"""Files; each is held in memory until it is whole."""
SECONDS = 600.0
"""For one file."""
ALL = 1_000_000_000
WHO = "the platform's engineer, for an export"


class MachinesBelongings:
    """`cores` gives a shell on each core node by name, `key_of` the private key of a tenant's recordings.

    `chat` is a shell on the machine that carries chat, None where none does.
    """

    def __init__(
        self,
        cores: Mapping[str, Shell],
        chat: Shell | None,
        key_of: Callable[[str], str],
        playbooks: Playbooks,
        progress: Progress,
    ) -> None:
        self._cores = cores
        self._chat = chat
        self._key_of = key_of
        self._playbooks = playbooks
        self._progress = progress

    def export(self, tenant: str, folder: str) -> Mapping[str, int]:
        home = Path(folder)
        home.mkdir(mode=0o700, parents=True)
        return asyncio.run(self._export(tenant, home))

    def forget(self, tenant: str, domain: str) -> tuple[str, ...]:
        play = Play("tenant_left.yml", {"pbx_slug": tenant, "pbx_domain": domain})
        return tuple(each.host for each in self._playbooks.run(play, self._progress) if each.changed)

    async def _export(self, tenant: str, home: Path) -> dict[str, int]:
        found: Counter[str] = Counter()
        for name, shell in self._cores.items():
            found.update(await _Core(shell, tenant, home / name, self._key_of).export())
        if self._chat:
            found.update(await _Chat(self._chat, tenant, home / "chat").export())
        return dict(found)


class _Machine:
    """What a tenant's users have on one machine; `home` is where it goes."""

    def __init__(self, shell: Shell, tenant: str, home: Path) -> None:
        self._shell = shell
        self._tenant = tenant
        self._home = home

    async def folder(self, kind: str, source: str, which: str = "") -> int:
        """Files alone: what links lead to was declared, and is the provider's. `which` are conditions of find."""
        place = shlex.quote(source)
        find = f"find . -type f {which} -print0"
        listed = await self._shell.run(f"test ! -d {place} || (cd {place} && {find})", timeout=SECONDS)
        names = [each.decode() for each in listed.split(b"\0") if each]
        few = asyncio.Semaphore(AT_ONCE)

        async def fetch(name: str) -> None:
            async with few:
                content = await self._shell.run(f"cat {shlex.quote(f'{source}/{name}')}", timeout=SECONDS)
                self.write(f"{kind}/{PurePath(name)}", content)

        await asyncio.gather(*map(fetch, names))
        return len(names)

    def write(self, name: str, content: bytes) -> None:
        target = self._home / name
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        target.touch(mode=0o600)
        target.write_bytes(content)


class _Chat(_Machine):
    """Messages, people and rooms as the machine's own program writes them, files, and what users left who are gone."""

    async def export(self) -> Counter[str]:
        found: Counter[str] = Counter()
        place = f"/root/.pbx-export-{self._tenant}"
        # Before the platform is applied there is no such program, and nothing to export.
        there = f"test -e {CHAT_PROGRAM.split()[-1]}"
        begin = f"rm -rf {place}; if {there}; then {CHAT_PROGRAM} export {self._tenant} {place}; else echo []; fi"
        domains = json.loads(await self._shell.run(begin, timeout=SECONDS))
        try:
            found["chats"] = await self.folder(".", place)
        finally:
            await self._shell.run(f"rm -rf {place}")
        for each in domains:
            found["chat files"] = await self.folder("files", f"{CHAT_SPOOL}/files/{each}")
        found["chats of users who left"] = await self.folder("left", f"{CHAT_SPOOL}/left/{self._tenant}")
        return found


class _Core(_Machine):
    """What a tenant's users have on one core node."""

    def __init__(self, shell: Shell, tenant: str, home: Path, key_of: Callable[[str], str]) -> None:
        super().__init__(shell, tenant, home)
        self._key_of = key_of

    async def export(self) -> Counter[str]:
        found: Counter[str] = Counter()
        for kind, folder in KINDS.items():
            found[kind] = await self.folder(kind, f"{SPOOL}/{folder}/{self._tenant}")
        found["contacts"] = await self._contacts()
        found["recordings"] = await self._recordings()
        found["calls"] = await self._calls()
        return found

    async def _contacts(self) -> int:
        """Cards of users' own books, and files with those of users who left before."""
        own = f"-path './{self._tenant}.*/personal/*' ! -path '*/.Radicale*'"
        there = await self.folder("contacts", f"{CONTACTS}/collection-root", own)
        return there + await self.folder("contacts/left", f"{CONTACTS}/left/{self._tenant}")

    async def _recordings(self) -> int:
        kept = SshRecordedCalls(lambda _: self._shell, self._key_of)
        found = await kept.recorded(self._tenant)
        for each in found:
            self.write(f"recordings/{each.id}.wav", await kept.heard(self._tenant, each.id, WHO))
        if found:
            self.write("recordings/index.json", _json(asdict(each) for each in found))
            self.write("recordings/accesses.json", _json(map(asdict, await kept.accesses(self._tenant))))
        return len(found)

    async def _calls(self) -> int:
        """The users' log, and the rows of the channel event log of every call that was the tenant's."""
        logged = await SshCallLog(lambda _: self._shell).calls(self._tenant, "", "all", ALL)
        rows = events(await SshCallEvents(lambda _: self._shell).log(self._tenant), self._tenant)
        if logged:
            self.write("calls/log.json", _json(map(asdict, logged)))
        if rows:
            out = io.StringIO()
            csv.writer(out).writerows([CALL_EVENTS, *rows])
            self.write("calls/events.csv", out.getvalue().encode())
        return len(logged)


def events(log: str, tenant: str) -> list[list[str]]:
    """Rows of the calls that went through the tenant's dialplan, in order."""
    rows = [each for each in csv.reader(io.StringIO(log)) if len(each) == len(CALL_EVENTS)]
    call, context = (list(CALL_EVENTS).index(each) for each in ("call", "context"))
    calls = {each[call] for each in rows if each[context].startswith(f"{tenant}.")}
    return [each for each in rows if each[call] in calls]


def _json(entries: Iterable[Mapping[str, Any]]) -> bytes:
    return json.dumps(list(entries), ensure_ascii=False, indent=1, default=str).encode()
