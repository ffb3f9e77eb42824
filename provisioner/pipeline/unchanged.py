"""Unchanged: when the last build of a tenant is as good as a new one, and its form in memory.

A build hangs on the tool, the provider's file, the tenant's files, the other files that rooms looked at on the way, and
the tenant's day. All of these are compared by content. Only a build without findings is remembered, because findings
show places.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path as FilePath
from typing import Any
from zoneinfo import ZoneInfo

from provisioner.core.feature import Claims, Files
from provisioner.core.source import Path

from .outcome import Outcome

Answers = dict[str, list[Any]]
"""What was asked of other files, and the answer: the question as text → [file, most bytes or None, digest or None]."""


class Watched:
    """The folder's other files, with a note of everything that was asked (see core.feature.Files)."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self.answers: Answers = {}

    def sha256(self, file: str) -> str | None:
        found = self._files.sha256(file)
        self.answers[f"whole {file}"] = [file, None, found]
        return found

    def content(self, file: str, most: int) -> bytes | None:
        found = self._files.content(file, most)
        self.answers[f"{most} of {file}"] = [file, most, None if found is None else _digest(found)]
        return found


def key(tool: str, provider: bytes, root: FilePath, files: tuple[FilePath, ...]) -> str:
    """Names the tool, the provider's file and the tenant's files by content and name; empty where one is no file."""
    if not all(each.is_file() for each in files):
        return ""
    parts = [tool, _digest(provider)]
    parts += [f"{each.relative_to(root).as_posix()} {_digest(each.read_bytes())}" for each in files]
    return _digest("\n".join(parts).encode())


def pack(outcome: Outcome, zone: str, answers: Answers) -> str:
    """The text that is remembered of a build without findings."""
    claims = outcome.claims or Claims("")
    facts = {
        "digests": dict(outcome.digests),
        "record": outcome.record,
        "domain": claims.domain,
        "numbers": sorted(claims.numbers),
        "macs": claims.macs,
        "attendant_numbers": claims.attendant_numbers,
        "formerly": sorted(claims.formerly),
        "zone": zone,
        "today": claims.today.isoformat(),
        "answers": list(answers.values()),
    }
    return json.dumps(facts, ensure_ascii=False, separators=(",", ":"))


def unpack(slug: str, text: str, files: Files, now: datetime) -> Outcome | None:
    """The build as it came, or None where it might come differently now; `now` is aware."""
    facts = json.loads(text)
    if now.astimezone(ZoneInfo(facts["zone"])).date().isoformat() != facts["today"]:
        return None
    if any(_answer(files, file, most) != found for file, most, found in facts["answers"]):
        return None
    claims = Claims(
        facts["domain"],
        frozenset(facts["numbers"]),
        date.fromisoformat(facts["today"]),
        _paths(facts["macs"]),
        _paths(facts["attendant_numbers"]),
        frozenset(facts["formerly"]),
    )
    return Outcome(slug, (), claims, facts["digests"], facts["record"])


def _answer(files: Files, file: str, most: int | None) -> str | None:
    if most is None:
        return files.sha256(file)
    found = files.content(file, most)
    return None if found is None else _digest(found)


def _paths(written: Mapping[str, list[Any]]) -> dict[str, Path]:
    return {name: tuple(path) for name, path in written.items()}


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
