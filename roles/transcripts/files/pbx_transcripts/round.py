"""One look at all mailboxes: what has no text gets one, the latest first; texts of messages that are gone go.

One message is written at a time, so that calls never wait for a processor; the unit asks for what is left of it.
"""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable, Container, Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO

from pbx_notices import files, transcripts
from pbx_people.known import Known
from pbx_people.mailboxes import Box, Mailboxes, Message
from pbx_people.refused import Refused

from .program import Failed

AGAIN, SELDOM = 60.0, 3600.0
"""Seconds until a message is tried again that failed: each time twice as many, up to the second."""
Write = Callable[[BinaryIO, str], str]


class Rounds:
    """`once` writes at most one message, and says whether there was any."""

    def __init__(self, known: Known, mailboxes: Mailboxes, write: Write, tell: Callable[[str], None]) -> None:
        self._known, self._mailboxes, self._write, self._tell = known, mailboxes, write, tell
        self._failed: dict[Path, tuple[float, float]] = {}
        """Place of a text that could not be made → when that is tried again, and how long the wait is."""

    def once(self) -> bool:
        wanted = {slug: list(wishes(tenant, slug)) for slug in self._known.slugs() if (tenant := self._known.of(slug))}
        found = {
            transcripts.place(box.slug, box.name, message.id): (message, box, language)
            for boxes in wanted.values()
            for box, language in boxes
            for message in self._mailboxes.messages(box)
        }
        _forget(found, {slug: {box.name for box, _ in boxes} for slug, boxes in wanted.items()})
        self._failed = {path: each for path, each in self._failed.items() if path in found}
        now = time.monotonic()
        for path in sorted(found, key=lambda each: found[each][0].began, reverse=True):
            if self._failed.get(path, (0.0, 0.0))[0] <= now and not path.exists():
                self._one(path, *found[path])
                return True
        return False

    def _one(self, path: Path, message: Message, box: Box, language: str) -> None:
        try:
            with self._mailboxes.sound(box, message.id) as sound:
                text = self._write(sound, language)
        except Refused:
            return  # gone meanwhile
        except Failed as error:
            wait = min(max(AGAIN, 2 * self._failed.get(path, (0.0, 0.0))[1]), SELDOM)
            self._failed[path] = (time.monotonic() + wait, wait)
            self._tell(f"a message of {box.slug} has no text, next try in {wait:g} s: {error}")
            return
        self._failed.pop(path, None)
        path.parent.mkdir(parents=True, exist_ok=True)
        files.write(path, json.dumps({"language": language, "text": text}, ensure_ascii=False).encode())
        path.chmod(0o640)


def wishes(tenant: Mapping[str, Any], slug: str) -> Iterator[tuple[Box, str]]:
    """Mailboxes of the tenant whose messages are written down, and the language that callers speak there."""
    for box, said in Box.all(tenant, slug):
        if said.get("transcribe"):
            yield box, said["transcribe"]


def _forget(kept: Container[Path], boxes: Mapping[str, set[str]]) -> None:
    """Deletes texts of messages that are gone, and folders of mailboxes and tenants that want none any more."""
    for path in transcripts.STORE.glob("*/*/*.json"):
        if path not in kept:
            path.unlink(missing_ok=True)
    for tenant in transcripts.STORE.glob("*"):
        if not boxes.get(tenant.name):
            shutil.rmtree(tenant, ignore_errors=True)
            continue
        for box in tenant.glob("*"):
            if box.name not in boxes[tenant.name]:
                shutil.rmtree(box, ignore_errors=True)
