"""What the verifier asks a core node: the `CoreView` port over SSH and Asterisk's own command line.

The trail of a call comes from the channel event log that `targets.asterisk.core_node` configures, messages from the
mailbox folders, by the message id that Asterisk keeps when it renumbers the files. Nothing here changes a tenant, but
for the clock's offset and the probe's own messages.
"""

from __future__ import annotations

import csv
import io
import json
import re
import shlex
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from provisioner.adapters.sip.shell import Shell, ShellError
from provisioner.core import lights
from provisioner.targets.asterisk import naming
from provisioner.targets.asterisk.core_node import CALL_EVENTS, CALL_EVENTS_FILE
from provisioner.targets.asterisk.objects import Lamp

SPOOL = "/var/spool/asterisk/voicemail"
CLOCK = "clock-offset"
_FACT = re.compile(
    r"^(?P<folder>[^/\n]+)/(?P<file>msg\d{4})\.txt:(?P<key>msg_id|callerid)=(?P<value>.*)$", re.MULTILINE
)


@dataclass(frozen=True, slots=True)
class _Message:
    name: str
    folder: str
    file: str
    caller: str
    """As Asterisk writes it: `"Name" <number>`, or the number alone."""


class SshCoreView:
    """`shell_of` finds the core node of a tenant."""

    def __init__(self, shell_of: Callable[[str], Shell]) -> None:
        self._shell_of = shell_of

    async def shift_clock(self, tenant: str, seconds: int | None) -> None:
        family = naming.database_family(tenant)
        if seconds is None:
            await self._asterisk(tenant, f"database del {family} {CLOCK}")
            return
        told = await self._asterisk(tenant, f"database put {family} {CLOCK} {seconds}")
        if "Updated database" not in told:
            raise ShellError(f"the clock of tenant {tenant} could not be shifted: {told.strip()}")

    async def messages(self, tenant: str, mailbox: str, caller: str) -> frozenset[str]:
        found = await self._messages(tenant, mailbox)
        return frozenset(each.name for each in found if not caller or caller in re.split("[<> ]", each.caller))

    async def message(self, tenant: str, mailbox: str, name: str) -> bytes:
        found = await self._message(tenant, mailbox, name)
        path = f"{_box(tenant, mailbox)}/{found.folder}/{found.file}.wav"
        return await self._shell_of(tenant).run(f"cat {shlex.quote(path)}")

    async def remove_message(self, tenant: str, mailbox: str, name: str) -> None:
        found = await self._message(tenant, mailbox, name)
        await self._asterisk(tenant, f"voicemail remove {mailbox} {tenant} {found.folder} {name}")
        left = await self._messages(tenant, mailbox)
        if any(each.name == name for each in left):
            raise ShellError(f"message {name} of a probe stays in mailbox {mailbox} of tenant {tenant}")
        lamp = naming.light(lights.of_mailbox(tenant, mailbox))
        if not any(each.folder == "INBOX" for each in left) and lamp in await self._asterisk(tenant, "devstate list"):
            # The lamp follows calls, and a message that is taken away here is none.
            await self._asterisk(tenant, f"devstate change {lamp} {Lamp.DARK.value}")

    async def mark(self, tenant: str) -> str:
        return (
            (await self._shell_of(tenant).run(f"stat -c %s {CALL_EVENTS_FILE} 2>/dev/null || echo 0")).decode().strip()
        )

    async def trail(self, tenant: str, since: str, caller: str, dialled: str) -> tuple[str, ...]:
        log = await self._shell_of(tenant).run(f"tail -c +{int(since) + 1} {CALL_EVENTS_FILE} 2>/dev/null || true")
        return nodes(log.decode(errors="replace"), tenant, caller, dialled)

    async def _messages(self, tenant: str, mailbox: str) -> list[_Message]:
        listed = await self._shell_of(tenant).run(
            f"cd {shlex.quote(_box(tenant, mailbox))} 2>/dev/null && "
            "grep -aHE '^(msg_id|callerid)=' */msg[0-9][0-9][0-9][0-9].txt || true"
        )
        files: dict[tuple[str, str], dict[str, str]] = {}
        for fact in _FACT.finditer(listed.decode(errors="replace")):
            files.setdefault((fact["folder"], fact["file"]), {})[fact["key"]] = fact["value"].strip()
        return [
            _Message(facts["msg_id"], folder, file, facts.get("callerid", ""))
            for (folder, file), facts in files.items()
            if facts.get("msg_id")
        ]

    async def _message(self, tenant: str, mailbox: str, name: str) -> _Message:
        for each in await self._messages(tenant, mailbox):
            if each.name == name:
                return each
        raise ShellError(f"mailbox {mailbox} of tenant {tenant} holds no message {name} any more")

    async def _asterisk(self, tenant: str, command: str) -> str:
        return (await self._shell_of(tenant).run(f"asterisk -rx {shlex.quote(command)}")).decode(errors="replace")


def _box(tenant: str, mailbox: str) -> str:
    return f"{SPOOL}/{tenant}/{mailbox}"


def nodes(log: str, tenant: str, caller: str, dialled: str) -> tuple[str, ...]:
    """The nodes of the first call in the log that a tenant's caller made to a number, in order."""
    rows, numbers, callers = list(_rows(log)), (dialled, f"+{dialled}"), (caller, caller.lstrip("+"))
    calls = dict.fromkeys(
        row["call"] for row in rows if row["extension"] in numbers and (not caller or row["caller"] in callers)
    )
    for call in calls:
        own = [row for row in rows if row["call"] == call]
        if any(row["context"].startswith(f"{tenant}.") for row in own):
            return tuple(_node(row["extra"]) for row in own if row["name"] == "node")
    return ()


def _rows(log: str) -> Iterator[dict[str, str]]:
    # The first line may be the end of one, the last may still be written.
    for fields in csv.reader(io.StringIO(log)):
        if len(fields) == len(CALL_EVENTS):
            yield dict(zip(CALL_EVENTS, fields, strict=True))


def _node(extra: str) -> str:
    try:
        return str(json.loads(extra).get("extra", extra))
    except (ValueError, AttributeError):
        return extra
