"""Messages in mailboxes: read where Asterisk keeps them, changed by Asterisk alone, which tells every telephone's lamp.

Asterisk gives messages other names as earlier ones go, so a message is known by its id, and what was opened is looked
at twice. A box is somebody's own, or one that the tenant's file shares with her.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from http import HTTPStatus
from pathlib import Path
from typing import Any, BinaryIO
from zoneinfo import ZoneInfo

from pbx_calls.messages import noted
from pbx_notices import transcripts

from . import lived
from .refused import Refused

SPOOL = Path("/var/spool/asterisk/voicemail")
FOLDERS: Mapping[str, bool] = {
    "INBOX": False, "Urgent": False, "Old": True, "Work": True, "Family": True, "Friends": True,
}  # fmt: skip
"""Asterisk's folders, and whether messages in them count as heard."""
ID = re.compile(r"[0-9]{1,12}-[0-9a-f]{8}")
SWITCH = "mailbox-"
"""The beginning of the key in AstDB that holds `off`, as the dialplan asks for it."""
STRIPES = 64
NOBODY = ("unknown", "unknown caller", "anonymous")
"""What callers are called of whom nothing is known."""


@dataclass(frozen=True)
class Box:
    slug: str
    name: str
    title: str
    zone: str
    own: bool
    light: str = ""

    @staticmethod
    def of(tenant: Mapping[str, Any], slug: str, user: str) -> dict[str, Box]:
        """Those that she may hear, her own first."""
        zone, person = tenant["tenant"]["time_zone"], tenant["people"][user]
        own = {user: Box(slug, user, person["title"], zone, own=True)} if person.get("mailbox") else {}
        shared = {
            name: Box(slug, name, each["title"], zone, own=False, light=each["light"])
            for name, each in tenant.get("mailboxes", {}).items()
            if user in each["members"] and name not in tenant["people"]
        }
        return {**own, **shared}

    @staticmethod
    def all(tenant: Mapping[str, Any], slug: str) -> Iterator[tuple[Box, Mapping[str, Any]]]:
        """Every mailbox of the tenant, with what is said of its owner or of the shared one: `keep`, `transcribe`."""
        zone, people = tenant["tenant"]["time_zone"], tenant["people"]
        for name, person in people.items():
            if person.get("mailbox"):
                yield Box(slug, name, person["title"], zone, own=True), person
        for name, each in tenant.get("mailboxes", {}).items():
            if name not in people:
                yield Box(slug, name, each["title"], zone, own=False, light=each["light"]), each


@dataclass(frozen=True)
class Message:
    id: str
    folder: str
    path: Path
    """Of what Asterisk notes beside the sound."""
    began: int
    seconds: int
    caller: str

    @property
    def heard(self) -> bool:
        return FOLDERS[self.folder]

    def shown(self, box: Box) -> dict[str, Any]:
        name, number = _caller(self.caller)
        return {
            "id": self.id,
            "number": number,
            "name": name,
            "at": datetime.fromtimestamp(self.began, ZoneInfo(box.zone)).isoformat(timespec="seconds"),
            "seconds": self.seconds,
            "heard": self.heard,
            "text": transcripts.read(transcripts.place(box.slug, box.name, self.id)),
        }


class Mailboxes:
    """Every method takes a box that `Box.of` gave: who may hear it was asked there."""

    def __init__(self, spool: Path = SPOOL) -> None:
        self._spool = spool
        # One change of a box at a time; boxes of other tenants seldom wait for it.
        self._locks = [threading.Lock() for _ in range(STRIPES)]

    def shown(self, box: Box) -> dict[str, Any]:
        found = self.messages(box)
        fresh = sum(not each.heard for each in found)
        facts = {"mailbox": box.name, "title": box.title, "own": box.own, "new": fresh, "heard": len(found) - fresh}
        return {**facts, "on": self._is_on(box)}

    def messages(self, box: Box) -> list[Message]:
        """The latest first."""
        found = {}
        for folder in FOLDERS:
            for path in (self._spool / box.slug / box.name / folder).glob("msg*.txt"):
                if message := _read(path, folder):
                    found[message.id] = message
        return sorted(found.values(), key=lambda each: (each.began, each.id), reverse=True)

    def message(self, box: Box, id: str) -> Message:
        found = next((each for each in self.messages(box) if each.id == id), None) if ID.fullmatch(id) else None
        if found is None:
            raise Refused(HTTPStatus.NOT_FOUND, "no such message")
        return found

    def sound(self, box: Box, id: str) -> BinaryIO:
        """The recording, open: it can be read on when somebody deletes it meanwhile."""
        for _ in range(3):
            message = self.message(box, id)
            try:
                file = message.path.with_suffix(".wav").open("rb")
            except OSError:
                continue
            if noted(message.path).get("msg_id") == id:
                return file
            file.close()
        raise Refused(HTTPStatus.NOT_FOUND, "no such message")

    def mark(self, box: Box, id: str, *, heard: bool) -> Message:
        with self._lock(box):
            message = self.message(box, id)
            if message.heard is not heard:
                to = "Old" if heard else "INBOX"
                lived.ask(f"voicemail move {box.name} {box.slug} {message.folder} {id} {to}")
                message = self.message(box, id)
                self._shine(box)
            if message.heard is not heard:
                raise Refused(HTTPStatus.CONFLICT, "the mailbox takes no more messages there; delete some")
        return message

    def delete(self, box: Box, id: str) -> None:
        with self._lock(box):
            message = self.message(box, id)
            lived.ask(f"voicemail remove {box.name} {box.slug} {message.folder} {id}")
            self._shine(box)
            if any(each.id == id for each in self.messages(box)):
                raise lived.Silent("the message is still there")

    def switch(self, box: Box, on: bool) -> dict[str, Any]:
        if not box.own:
            raise Refused(HTTPStatus.FORBIDDEN, "a shared mailbox is turned on and off by the tenant's file")
        if on:
            lived.ask(f"database del pbx/{box.slug} {SWITCH}{box.name}")
        else:
            lived.ask(f"database put pbx/{box.slug} {SWITCH}{box.name} off")
        return self.shown(box)

    def _is_on(self, box: Box) -> bool:
        found = lived.VALUE.search(lived.ask(f"database get pbx/{box.slug} {SWITCH}{box.name}")) if box.own else None
        return found is None or found[1].strip() != "off"

    def _shine(self, box: Box) -> None:
        """The lamp of keys that watch a shared mailbox: the dialplan sets it where somebody listens by telephone."""
        if box.light:
            lit = any(not each.heard for each in self.messages(box))
            lived.ask(f"devstate change {box.light} {'INUSE' if lit else 'NOT_INUSE'}")

    def _lock(self, box: Box) -> threading.Lock:
        return self._locks[hash((box.slug, box.name)) % STRIPES]


def _caller(text: str) -> tuple[str, str]:
    """Name and number of `"Name" <number>`, or of one of them alone as Asterisk writes it then."""
    name, bracket, rest = text.rpartition("<")
    number = rest.removesuffix(">").strip() if bracket else text
    if not re.fullmatch(r"\+?[0-9*#]+", number):
        name, number = name if bracket else text, ""
    name = "".join(each for each in name.strip().strip('"') if each.isprintable())[:80]
    return "" if name == number or name.lower() in NOBODY else name, number


@lru_cache(maxsize=20_000)
def _known(path: Path, _: tuple[int, int, int]) -> dict[str, str]:
    """What is noted in a file that is as it was: a full mailbox is listed again and again."""
    return noted(path)


def _read(path: Path, folder: str) -> Message | None:
    try:
        state = path.stat()
    except OSError:
        return None
    facts = _known(path, (state.st_ino, state.st_mtime_ns, state.st_size))
    id, began, seconds = facts.get("msg_id", ""), facts.get("origtime", ""), facts.get("duration", "")
    if not ID.fullmatch(id) or not began.isdigit():
        return None  # being written, or gone meanwhile
    return Message(
        id, folder, path, int(began), int(seconds) if seconds.isdigit() else 0, facts.get("callerid", "")
    )  # fmt: skip
