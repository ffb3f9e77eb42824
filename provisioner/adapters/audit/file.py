"""The record of one environment: `<folder>/<environment>.jsonl`, with its head in `<environment>.head` beside it.

The file is only ever appended to, so it works with `chattr +a` too. What a crash leaves: an unfinished line, which the
next append ends and names; or whole lines that the head does not know yet, which it takes in.
"""

from __future__ import annotations

import fcntl
import json
import os
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from provisioner.core.audit import Entry, Head, extend
from provisioner.core.errors import PbxError, UsageError
from provisioner.core.findings import nearest


class FileAuditLog:
    def __init__(self, file: Path) -> None:
        self.file = file
        self._head = file.with_suffix(".head")

    def append(self, entries: Sequence[Entry]) -> Head:
        try:
            return self._append(entries)
        except OSError as error:
            # A disk that is full says so at a write, which names no file.
            raise OSError(error.errno, error.strerror, str(error.filename or self.file)) from error

    def _append(self, entries: Sequence[Entry]) -> Head:
        self.file.parent.mkdir(parents=True, exist_ok=True)
        stream = os.open(self.file, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o640)
        try:
            fcntl.flock(stream, fcntl.LOCK_EX)
            size = os.fstat(stream).st_size
            head = self._known_head()
            if head is None:
                head = Head()
                if not size:
                    self._write_head(head)  # from the first line on a missing head means that somebody took it
            beyond = head.size if head.size <= size else max(0, size - 1)
            added, after = extend(head, size, _read(stream, beyond, size), entries)
            _write(stream, added)
            os.fsync(stream)
            self._write_head(after)
            return after
        finally:
            os.close(stream)

    def read(self) -> tuple[bytes, Head | None]:
        if not self.file.is_file():
            known = sorted(each.stem for each in self.file.parent.glob(f"*{self.file.suffix}"))
            near = nearest(self.file.stem, known)
            hint = f"did you mean {near}?" if near else f"there are records of: {', '.join(known) or 'nothing yet'}"
            raise UsageError(f"no apply was recorded in {self.file}", hint)
        with self.file.open("rb") as stream:
            fcntl.flock(stream, fcntl.LOCK_SH)
            return stream.read(), self._known_head()

    def _known_head(self) -> Head | None:
        try:
            return Head(**json.loads(self._head.read_text(encoding="utf-8")))
        except FileNotFoundError:
            return None
        except (ValueError, TypeError) as error:
            raise PbxError(
                f"{self._head} cannot be understood: {error}",
                "pbx writes it whole, so somebody changed it: put it back from a copy, or note who did and remove it",
            ) from None

    def _write_head(self, head: Head) -> None:
        handle, name = tempfile.mkstemp(prefix=f".{self._head.name}.", dir=self._head.parent)
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as stream:
                stream.write(json.dumps(asdict(head)) + "\n")
                stream.flush()
                os.fsync(stream.fileno())
            Path(name).chmod(0o640)
            Path(name).replace(self._head)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
        _sync(self._head.parent)


def _read(stream: int, begin: int, end: int) -> bytes:
    content = b""
    while begin + len(content) < end and (part := os.pread(stream, end - begin - len(content), begin + len(content))):
        content += part
    return content


def _write(stream: int, content: bytes) -> None:
    while content:
        content = content[os.write(stream, content) :]


def _sync(folder: Path) -> None:
    """Makes a new name last through a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
