"""The spool: a folder for each channel with a file for each message, and beside it what the message carries."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path

from . import attachments, files
from .words import Message

CHANNELS = ("mail", "sms")


class Spool:
    def __init__(self, home: Path) -> None:
        self._home = home
        for each in (*CHANNELS, "failed"):
            (home / each).mkdir(parents=True, exist_ok=True)
            for left in (home / each).glob(".new-*"):
                left.unlink()

    def put(self, message: Message) -> None:
        """Keeps the message and a copy of what it carries; when this returns, it outlives a power cut."""
        if message.file:
            carried = attachments.keep(Path(message.file), self._home / message.channel / message.name)
            message = dataclasses.replace(message, file=carried.name if carried else "")
        self.note(message)

    def note(self, message: Message) -> None:
        files.write(self._path(message), json.dumps(dataclasses.asdict(message)).encode())

    def waiting(self, channel: str) -> Iterator[Message]:
        """Oldest first."""
        found = []
        for path in (self._home / channel).glob("*.json"):
            try:
                found.append(Message(**json.loads(path.read_bytes())))
            except (ValueError, TypeError):
                path.replace(self._home / "failed" / path.name)
        return iter(sorted(found, key=lambda each: (each.at, each.name)))

    def carried(self, message: Message) -> Path | None:
        return self._home / message.channel / message.file if message.file else None

    def forget(self, message: Message) -> None:
        self._path(message).unlink(missing_ok=True)
        if carried := self.carried(message):
            carried.unlink(missing_ok=True)

    def fail(self, message: Message) -> None:
        """Sets a message aside that nobody will take."""
        if (carried := self.carried(message)) and carried.exists():
            carried.replace(self._home / "failed" / carried.name)
        self._path(message).replace(self._home / "failed" / f"{message.name}.json")

    def set_aside(self, name: str, line: str) -> None:
        """Keeps a line that nobody can read."""
        files.write(self._home / "failed" / f"{name}.line", line.encode())

    def _path(self, message: Message) -> Path:
        return self._home / message.channel / f"{message.name}.json"
